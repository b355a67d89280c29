"""Who is next for a worker, and who has enough: nobody who presses often keeps the others waiting.

What one press begins, a run with the inputs that are trained before it, counts as one. A study's runs count for the order alone: of all
studies one run waits at a time.
"""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence

from llmviz.core.hosting import Limits
from llmviz.runs.jobs import Job

HELD = "as soon as another run of {} is done or paused; of one visitor {} at a time"
WAITING = "{} waiting already, the most for one visitor; wait until one has begun, or stop one"
FULL = "{} runs are waiting already; try again when some of them have ended"


def in_order(waiting: Sequence[Job], jobs: Collection[Job], turns: Mapping[str, int]) -> list[Job]:
    """Those that wait, in the order of their turns: next is always the visitor who has fewest under way, of equals the one whose last turn
    is longest ago, by the number of the turn, then who came first.
    """
    under_way = Counter(job.visitor for job in jobs if job.worker)
    of_visitor: dict[str, deque[tuple[int, Job]]] = defaultdict(deque)
    for number, job in enumerate(waiting):
        of_visitor[job.visitor].append((number, job))
    next_ones = [(under_way[visitor], turns.get(visitor, 0), own[0][0], visitor) for visitor, own in of_visitor.items()]
    heapq.heapify(next_ones)
    ordered, latest = list[Job](), max(turns.values(), default=0)
    while next_ones:
        count, _, _, visitor = heapq.heappop(next_ones)
        ordered.append(of_visitor[visitor].popleft()[1])
        if own := of_visitor[visitor]:
            heapq.heappush(next_ones, (count + 1, latest + len(ordered), own[0][0], visitor))
    return ordered


def held_back(job: Job, jobs: Iterable[Job], limits: Limits) -> bool:
    """Whether it has to wait until its visitor trains less."""
    if job.of_study:
        return False
    training = {id(other.press) for other in jobs if other.visitor == job.visitor and not other.of_study and other.trains}
    return id(job.press) not in training and len(training) >= limits.training_each


def held(limits: Limits, own: bool = True) -> str:
    """What a run waits for that is held back, as its `own` visitor is told, or another."""
    whose = "yours" if own else "whoever started it"
    return HELD.format(whose, "one trains" if limits.training_each == 1 else f"{limits.training_each} train")


def refusal(visitor: str, jobs: Collection[Job], limits: Limits) -> str:
    """Why this visitor may not let another run wait; "" where nothing is against it. A paused run without a worker waits, too."""
    if sum(not job.worker for job in jobs) >= limits.waiting:
        return FULL.format(limits.waiting)
    own = [job for job in jobs if job.visitor == visitor and not job.of_study]
    waiting = {id(job.press) for job in own} - {id(job.press) for job in own if job.worker}
    if len(waiting) < limits.waiting_each:
        return ""
    return WAITING.format("one of your runs is" if len(waiting) == 1 else f"{len(waiting)} of your runs are")
