"""One pretraining for n tasks, or n trainings from random weights: from how many tasks on the one pays. Pure."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from llmviz.core import catalogue
from llmviz.experiments.bill.view import TIMED, UNITS, Bill, Line
from llmviz.views import words

PAID = ("flops", "seconds", "labels", "labelling")  # units in which the two ways are held against each other
HEADS = ("task", "fine-tuned", "from random weights", *(f"pays in {UNITS[unit].title} from" for unit in PAID))


@dataclass(frozen=True)
class Rivals:
    """A fine-tuned run, and those that learn the same task from the same texts with the same model, but from random weights.

    `equal` are those of them that came at least as far on test data; `farthest` is the one that came farthest, None where there is none.
    """

    tuned: Line
    equal: tuple[Line, ...]
    farthest: Line | None


def rivals(tuned: Line, scratch: Sequence[Line]) -> Rivals:
    """What stands against this run among those from random weights."""
    wanted = tuned.figure
    known = [(figure, line) for line in scratch if (figure := line.figure) is not None and _alike(line, tuned)]
    if wanted is None or not known:
        return Rivals(tuned, (), None)
    equal = tuple(line for figure, line in known if figure >= wanted)
    return Rivals(tuned, equal, max(known, key=lambda each: each[0])[1])


def _alike(one: Line, other: Line) -> bool:
    return (one.spec.stage, one.spec.text, one.spec.model) == (other.spec.stage, other.spec.text, other.spec.model)


def pays_from(root: float, tuned: float, scratch: float) -> int | None:
    """The least number of tasks n for which root + n · tuned < n · scratch; None where there is none."""
    return math.floor(root / (scratch - tuned)) + 1 if scratch > tuned else None


def table(root: Line, pairs: Sequence[Rivals], bill: Bill) -> str:
    """A task in each row, in HTML: how far both starts come, and for each unit from how many such tasks on one pretraining pays."""
    names = "".join(f"<th scope=col>{html.escape(head)}</th>" for head in HEADS)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(_row(root, each, bill) for each in pairs)}</tbody></table>"


def _row(root: Line, pair: Rivals, bill: Bill) -> str:
    cells = [
        catalogue.experiment(pair.tuned.spec.stage).short,
        _reached(pair.tuned),
        _reached(pair.farthest) if pair.farthest else "not trained",
    ]
    if pair.equal:
        cells += [_pays(root, pair, unit, bill) for unit in PAID]
    first, *others = cells
    bodies = "".join(f"<td data-head='{html.escape(head)}'>{html.escape(cell)}</td>" for head, cell in zip(HEADS[1:], others, strict=False))
    none = "no run from random weights came as far" if pair.farthest else ""
    return f"<tr><th scope=row>{html.escape(first)}</th>{bodies}{'' if pair.equal else f'<td colspan={len(PAID)}>{none}</td>'}</tr>"


def _reached(line: Line) -> str:
    """`90 % with 16 labels`."""
    return f"{words.measured(line.figure or 0.0, line.metric.unit)} with {words.counted(line.cost.labels, 'label')}"


def _pays(root: Line, pair: Rivals, name: str, bill: Bill) -> str:
    """The first task on which it pays, in words, against the cheapest run in this unit."""
    unit = UNITS[name]
    once, tuned = unit.of(root.cost, bill), unit.of(pair.tuned.cost, bill)
    of_one_place = [line for line in pair.equal if name not in TIMED or line.recorded == pair.tuned.recorded == root.recorded]
    if not of_one_place:
        return "recorded elsewhere"
    known = [cost for line in of_one_place if (cost := unit.of(line.cost, bill)) is not None]
    if once is None or tuned is None or not known:
        return "not counted"
    count = pays_from(once, tuned, min(known))
    return "never" if count is None else "the first task" if count == 1 else f"task {words.about(count)}"
