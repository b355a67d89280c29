"""The matrix of continual learning: both losses and what is known, after each phase and with each remedy. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from llmviz.core.experiment import Experiment
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.study import Band, band
from llmviz.parts.table.payload import Cell, Row, Table
from llmviz.views import tables, words
from llmviz.views.study import Series
from llmviz.views.tables import cell

FIGURES = ("old_loss", "loss", "changed", "kept", "sounds", "meaning", "grammar")
SHORT = {
    "old_loss": "old text, nats",
    "loss": "new text, nats",
    "changed": "new capital",
    "kept": "other capitals",
    "sounds": "sounds",
    "meaning": "feelings",
    "grammar": "grammar",
}
FIRST, NOT_YET, CONTROL = "as pretrained", "not trained", "no fact changed"
EMPTY = "The matrix appears as soon as the first run has ended."


@dataclass(frozen=True)
class Line:
    """A row: what has been learnt by then, the runs that tell it, and at which of their evaluations: 0, or -1 for the last.

    A `control` is no remedy: there is nothing new to learn in it.
    """

    name: str
    about: str
    runs: Sequence[LearningCurve]
    at: int
    control: bool = False

    def band(self, figure: str) -> Band | None:
        """A figure on validation data over the seeds."""
        return band([each.scores[figure][self.at] for each in self.runs if figure in each.scores])


def lines(ways: Series, back: Series) -> list[Line]:
    """The phases of plain continual learning, then the remedies."""
    plain, *remedies = ((value, _ended(ways, place)) for place, value in enumerate(ways.study.values))
    return [
        Line(FIRST, "the old text", plain[1], 0),
        Line("then the new text", "no remedy", plain[1], -1),
        Line("and back to the old text", "after that", _ended(back, 0), -1),
        *(Line(f"the new text, {value.label}", "in place of the second row", runs, -1, value.label == CONTROL) for value, runs in remedies),
    ]


def _ended(series: Series, place: int) -> list[LearningCurve]:
    found = (series.learning_curves.get(spec.id) for spec in series.study.at(series.study.values[place]))
    return [each for each in found if each and each.metrics]


def table(found: Sequence[Line], experiment: Experiment, visit: int = 0) -> Table:
    """The matrix: medians over seeds, and below them from the lowest to the highest."""
    columns = [(SHORT[name], experiment.help(name)) for name in FIGURES]
    rows = [_row(line, experiment) for line in found]
    return tables.table("Losses and what is known, after each phase", "after", columns, rows, visit)


def _row(line: Line, experiment: Experiment) -> Row:
    cells = [_cell(line.band(name), experiment.metric(name).unit) for name in FIGURES]
    return tables.row(line.name, cells, line.about, "pretrained")


def _cell(found: Band | None, unit: str) -> Cell:
    if found is None:
        return cell(NOT_YET, faint=True)
    said = words.measured(found.median, unit) if unit == "%" else words.figure(found.median, unit)
    spread = [f"{words.figure(found.low, unit)} to {words.figure(found.high, unit)}"] if found.seeds > 1 and found.low < found.high else []
    return cell(said, more=spread, value=found.median)


def floors(found: Sequence[Line]) -> str:
    """What no model can go below on each text; empty where no run has told."""
    lines = [each.references for line in found for each in line.runs if "old_floor" in each.references]
    if not lines:
        return ""
    old, new = (median(each[name] for each in lines) for name in ("old_floor", "floor"))
    return f"The best possible loss is {old:.2f} on the old text and {new:.2f} on the new one."


def told(found: Sequence[Line]) -> str:
    """What plain continual learning cost, and how much of that each remedy takes back. Empty before the plain run has ended."""
    before, after = (line.band("old_loss") for line in found[:2])
    if not before or not after:
        return ""
    cost = after.median - before.median
    said = [f"Learning the new text plainly cost {cost:.2f} nats on the old one."]
    return " ".join([*said, *_remedies(found, before.median, cost)])


def _remedies(found: Sequence[Line], before: float, cost: float) -> Iterator[str]:
    back, plain = found[2].band("old_loss"), found[1].band("loss")
    if back:
        yield f"Coming back leaves {back.median - before:.2f} of them."
    for line in found[3:]:
        theirs, new = line.band("old_loss"), line.band("loss")
        if theirs and new and plain and cost > 0:
            lost, price = theirs.median - before, new.median - plain.median
            if line.control:
                yield f"The same text with no fact changed costs {lost:.2f}."
            else:
                way = words.sentence(line.name.removeprefix("the new text, ")).removesuffix(".")
                more = f"{abs(price):.2f} nats {'more' if price >= 0 else 'less'} on the new text"
                yield f"{way} removes {1 - lost / cost:.0%} of that, at {more}."
