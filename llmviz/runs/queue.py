"""The runs under way, and of these the ones that wait for a worker: whose turn it is, and who gives a worker back."""

from llmviz.core.hosting import Limits
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs import fair
from llmviz.runs.engine import LOADING, State
from llmviz.runs.jobs import LENT, Job, see, waiting
from llmviz.runs.process import Process
from llmviz.runs.trainers import Trainers


class Queue:
    """All jobs of an engine, which holds its lock around each call."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.jobs: dict[RunRef, Job] = {}
        self.waiting: list[Job] = []  # in the order in which they came
        self._count = 0
        self._turns: dict[str, int] = {}  # by visitor: the number of the run of theirs that began last
        self._places: dict[RunRef, int] = {}  # in the order of their turns

    def enter(self, job: Job) -> None:
        """It waits from now on."""
        self.jobs[job.run] = job
        self.waiting.append(job)

    def settle(self, job: Job) -> None:
        """Let a run that has no worker wait for one, or wait no more, as it was last asked to."""
        waits = job.worker is None and job.state is State.QUEUED
        if waits and job not in self.waiting:
            self.waiting.append(job)
        elif not waits:
            self.leave(job)

    def leave(self, job: Job) -> None:
        """It waits no more."""
        if job in self.waiting:
            self.waiting.remove(job)

    def join(self, spec: RunSpec) -> RunRef | None:
        """The attempt at this spec that is under way; somebody more looks at it from now on."""
        run = next((job.run for job in self.jobs.values() if job.run.id == spec.id and not job.stopping), None)
        if run:
            see(self.jobs, run)
        return run

    def refusal(self, visitor: str) -> str:
        """Why this visitor may not let another run wait; "" where nothing is against it."""
        return fair.refusal(visitor, self.jobs.values(), self._limits)

    def held_back(self, job: Job) -> bool:
        """Whether it has to wait until its visitor trains less."""
        return fair.held_back(job, self.jobs.values(), self._limits)

    def serve(self, trainers: Trainers) -> None:
        """Give idle workers to those whose turn it is. Where there are too few, and will be no more, paused runs give theirs back."""
        for process in trainers.idle({job.worker for job in self.jobs.values()}):
            if not (able := self._able()):
                break
            self._begin(able[0], process)
        held_back = list(filter(self.held_back, self.waiting))
        others = [job for job in self.waiting if job not in held_back]
        ordered = [*fair.in_order(others, self.jobs.values(), self._turns), *held_back]
        self._places = {job.run: place for place, job in enumerate(ordered, 1)}
        if trainers.all_ready:
            self._ask_back(len(self._able()))

    def _able(self) -> list[Job]:
        """The waiting runs that could begin now, in the order of their turns."""
        able = [job for job in self.waiting if self.jobs.keys().isdisjoint(job.after) and not self.held_back(job)]
        return fair.in_order(able, self.jobs.values(), self._turns)

    def _begin(self, job: Job, worker: Process) -> None:
        self.waiting.remove(job)
        here = {each.visitor for each in self.jobs.values()}
        self._count += 1
        self._turns = {name: turn for name, turn in self._turns.items() if name in here} | {job.visitor: self._count}
        job.begin(worker)

    def _ask_back(self, count: int) -> None:
        """Let as many paused runs part from their workers as others wait for, the one that nobody has pressed for longest first."""
        count -= sum(job.parting for job in self.jobs.values())
        paused = sorted((job for job in self.jobs.values() if job.lends), key=lambda job: job.pressed)
        for job in paused[: max(0, count)]:
            job.lend()

    def stands(self, job: Job, loading: int, viewer: str) -> tuple[int, str]:
        """Its place in the queue, 0 outside it, and what it waits for while `loading` workers load, as this viewer is told."""
        place = self._places.get(job.run, 0)
        if not place:
            return 0, LENT if job.parted else ""
        if roles := [role for run, role in job.after.items() if run in self.jobs]:
            return place, waiting(roles)
        if self.held_back(job):
            return place, fair.held(self._limits, viewer == job.visitor)
        return place, LOADING if place <= loading else ""
