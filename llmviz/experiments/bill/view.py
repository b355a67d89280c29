"""The bill: what a pretraining and each fine-tuning of it took, in the unit that is chosen, as bars, as a table and as CSV. Pure."""

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llmviz.core import catalogue, spreadsheet
from llmviz.core.address import differences
from llmviz.core.costs import Cost
from llmviz.core.experiment import FINE_TUNING, PRETRAINING, Metric
from llmviz.core.settings import METHODS, check, setting
from llmviz.core.spec import RunSpec
from llmviz.parts.log_bars.payload import LogBar, LogBars
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal

TASKS = tuple(each.name for each in catalogue.BY_NAME.values() if each.phase == FINE_TUNING and each.recorded)
ROOTS = tuple(each.name for each in catalogue.BY_NAME.values() if each.phase == PRETRAINING)
CHARTED = ("flops", "seconds", "tokens", "labels", "labelling", "energy", "parameters")
BYTES = 4  # of a parameter, as fp32
MOST_TICKS = 7
TIMED = ("seconds", "energy")  # those of one machine do not compare with those of another
MIXED = "Recordings were made on other machines: their times do not compare with those of this one."


@dataclass(frozen=True)
class Bill:
    """What the visitor chose: the unit of the chart, the task that is trained further, and what the bill assumes."""

    unit: str = setting("flops", "Unit", "What the bars show.", choices=CHARTED)
    task: str = setting("sentiment", "Task", "The task whose other runs can be trained from here.", choices=TASKS)
    class_seconds: float = setting(5.0, "Seconds for a class", "To read a short text and choose its class.", low=0.5, high=600.0)
    tags_seconds: float = setting(15.0, "Seconds for a tagged text", "To read a text and mark each name in it.", low=0.5, high=600.0)
    answer_seconds: float = setting(30.0, "Seconds for an answer", "To read passage and question and mark the answer.", low=0.5, high=600.0)
    watts: float = setting(15.0, "Watts", "What the machine draws while it trains.", low=0.1, high=2_000.0)

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        check(self)


def minutes(cost: Cost, bill: Bill) -> float:
    """Of somebody's time for the labels, as assumed for labels of this kind; none for those that nobody gave."""
    experiment = catalogue.experiment(cost.spec.stage)
    if cost.spec.text.name in experiment.distant:
        return 0.0
    seconds: float = getattr(bill, f"{experiment.label_kind}_seconds")
    return cost.labels * seconds / 60


@dataclass(frozen=True)
class Unit:
    """One column of the bill: its name, its unit, what the chart says of it, how the figure follows from a cost, and by what it is divided
    to be short. A figure that nobody knows is None.
    """

    title: str
    unit: str
    about: str
    of: Callable[[Cost, Bill], float | None]
    per: float = 1.0

    def said(self, value: float | None) -> str:
        """The figure in words, without its unit; a count as it is, all else to two figures."""
        if value is None:
            return "not counted"
        if self.per == 1.0 and value >= 1 and value.is_integer():
            return f"{value:,.0f}"
        return words.two_figures(value / self.per) if value else "none"

    def measured(self, value: float | None) -> str:
        """The figure with its unit."""
        return f"{self.said(value)} {self.unit}".strip() if value else self.said(value)


UNITS = {
    "flops": Unit(
        "FLOPs",
        "billion",
        "Counted from the shapes of the matrices: about 6 · N · D, with N parameters that all move and D tokens read.",
        lambda cost, _: cost.flops,
        1e9,
    ),
    "seconds": Unit("seconds", "s", "Of the machine that trained, with all evaluations.", lambda cost, _: cost.seconds),
    "tokens": Unit("tokens read", "", "Of all batches: a text that is read twice counts twice.", lambda cost, _: float(cost.tokens)),
    "labels": Unit(
        "labels",
        "",
        "Given by people; names in Wikipedia's leads by a list. In pretraining the text itself is the answer, and nobody gives one.",
        lambda cost, _: float(cost.labels),
    ),
    "labelling": Unit("minutes of labelling", "min", "Labels times the seconds that one of their kind is assumed to take.", minutes),
    "energy": Unit(
        "energy", "Wh", "Seconds times the watts that are assumed, in watt-hours.", lambda cost, bill: bill.watts * cost.seconds / 3_600
    ),
    "parameters": Unit(
        "parameters trained",
        "",
        "Those that move. They have to be stored for each task, at 4 bytes each; the rest is the one body that all share.",
        lambda cost, _: float(cost.parameters) or None,
    ),
    "stored": Unit("stored for this task", "kB", "", lambda cost, _: float(BYTES * cost.parameters) or None, 1e3),
    "memory": Unit("peak memory", "MB", "", lambda cost, _: float(cost.peak_memory) or None, 1e6),
}


@dataclass(frozen=True)
class Line:
    """One line of the bill: what a run took, whether it came with the program, and its stage of a model."""

    cost: Cost
    recorded: bool

    @property
    def spec(self) -> RunSpec:
        """The run."""
        return self.cost.spec

    @property
    def phase(self) -> str:
        """The name of the colour of what it makes."""
        return catalogue.experiment(self.spec.stage).colour

    @property
    def name(self) -> str:
        """The task, and how it was fine-tuned where there are several ways."""
        experiment = catalogue.experiment(self.spec.stage)
        method = getattr(self.spec.objective, "method", "")
        if experiment.phase == PRETRAINING:
            return f"Pretraining, {experiment.short}"
        return f"{experiment.short}, {words.value(method)}" if method else experiment.short

    @property
    def about(self) -> str:
        """How many labels, and where it was trained."""
        labels = words.counted(self.cost.labels, "label") if self.cost.labels else "no labels"
        return f"{labels} · {'recorded' if self.recorded else 'trained here'}"

    @property
    def metric(self) -> Metric:
        """The figure that tells how well it does its task: the first that is a share."""
        metrics = catalogue.experiment(self.spec.stage).metrics
        return next((each for each in metrics if each.unit == "%"), metrics[0])

    @property
    def figure(self) -> float | None:
        """That figure, on test data."""
        return self.cost.metrics.get(self.metric.name)


def chosen(lines: Sequence[Line]) -> list[Line]:
    """Of each task, text and method the line nearest to the recipe of its page, the first of these; in the order of the tasks."""
    best: dict[tuple[str, str, str], tuple[int, Line]] = {}
    for line in lines:
        spec = line.spec
        changed = differences(spec, RunSpec(spec.stage, spec.inputs, spec.text))
        method = str(changed.pop("method", getattr(spec.objective, "method", METHODS[0])))
        key = (spec.stage, spec.text.name, method)
        if key not in best or len(changed) < best[key][0]:
            best[key] = (len(changed), line)
    stages = list(catalogue.BY_NAME)
    order = sorted(best, key=lambda key: (stages.index(key[0]), key[1], METHODS.index(key[2])))
    return [best[key][1] for key in order]


def bars(lines: Sequence[Line], bill: Bill, withheld: str) -> LogBars:
    """The chart in the unit that is chosen. `withheld` stands in its place until the question is settled."""
    unit = UNITS[bill.unit]
    rows: list[LogBar] = []
    for line in [] if withheld else lines:
        value = unit.of(line.cost, bill)
        rows.append({"name": line.name, "about": line.about, "phase": line.phase, "value": value, "said": unit.measured(value)})
    about = f"{unit.unit} · each run once" if unit.unit else "each run once"
    mixed = bill.unit in TIMED and len({line.recorded for line in lines}) > 1
    title = unit.title if unit.title[0].isupper() else unit.title.capitalize()
    return on_scale(rows, title, about, f"{unit.about} {MIXED}" if mixed else unit.about, withheld, unit.per)


def on_scale(rows: list[LogBar], title: str, about: str, below: str, withheld: str = "", per: float = 1.0) -> LogBars:
    """The bars between the powers of ten that hold them all, the lines labelled in multiples of `per`."""
    known = [value for row in rows if (value := row["value"])]
    low = math.floor(math.log10(min(known, default=1.0) / per) - 0.3)  # the shortest bar is seen, too
    high = max(low + 1, math.ceil(math.log10(max(known, default=1.0) / per)))
    step = math.ceil((high - low) / MOST_TICKS)
    ticks = range(low, high + 1, step)
    scale = f"On a logarithmic scale: each line is {10**step:,} times the one before. "
    shift = math.log10(per)
    return {
        "title": title,
        "about": about,
        "below": "" if withheld else f"{scale}{below}".strip(),
        "low": low + shift,
        "high": high + shift,
        "ticks": [(power + shift, _power(power)) for power in ticks],
        "bars": rows,
        "withheld": withheld,
    }


def _power(power: int) -> str:
    """`0.01`, `1`, `10,000`, `10¹²`."""
    if -4 <= power <= 6:
        return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"
    return words.power(power)


def table(lines: Sequence[Line], bill: Bill) -> str:
    """All columns of the bill, in HTML."""
    heads = "".join(f"<th scope=col>{html.escape(unit.title)}{_in(unit)}</th>" for unit in UNITS.values())
    rows = "".join(_row(line, bill) for line in lines)
    return f"<table><thead><tr><th scope=col>run</th>{heads}<th scope=col>on test data</th></tr></thead><tbody>{rows}</tbody></table>"


def _in(unit: Unit) -> str:
    return f" ({unit.unit})" if unit.unit else ""


def _row(line: Line, bill: Bill) -> str:
    cells = [_cell(name, line.cost, bill) for name in UNITS]
    figure = f"{line.metric.title} {words.measured(line.figure, line.metric.unit)}" if line.figure is not None else ""
    bodies = "".join(f"<td>{html.escape(cell)}</td>" for cell in (*cells, figure))
    return f"<tr><th scope=row>{html.escape(line.name)}, {html.escape(line.about)}</th>{bodies}</tr>"


def _cell(name: str, cost: Cost, bill: Bill) -> str:
    unit = UNITS[name]
    value = unit.of(cost, bill)
    if value is None:
        return unit.said(None) if name == "flops" else "not told"
    held = f", {unit.said(cost.base_memory)} of it before the run" if name == "memory" else ""
    return f"{unit.said(value)}{held}"


COLUMNS = ("flops", "seconds", "tokens", "labels", "labelling_minutes", "energy_wh", "parameters", "stored_bytes", "peak_memory_bytes")


def as_csv(lines: Sequence[Line], bill: Bill) -> str:
    """Every line with all its columns in plain units, what it assumes, and its run's id."""
    assumed = ("class_seconds", "tags_seconds", "answer_seconds", "watts")
    head = ["name", "run", "recorded", *COLUMNS, "base_memory_bytes", "metric", "figure", *(f"assumed_{name}" for name in assumed)]
    rows = []
    for line in lines:
        figures = [unit.of(line.cost, bill) for unit in UNITS.values()]
        told = ["" if value is None else f"{value:.10g}" for value in figures]
        more = [line.cost.base_memory or "", line.metric.name, "" if line.figure is None else line.figure]
        rows.append([line.name, line.spec.id, int(line.recorded), *told, *more, *(getattr(bill, name) for name in assumed)])
    return spreadsheet.as_csv([head, *rows])


TIMES = (1, 10, 100, 1_000)
ASKED = "The same model, two phases: what does each cost?"


def quiz(task: str) -> Quiz:
    """The question of the page, about this task."""
    choices = ("about as many", *(f"about {times:,} ×" for times in TIMES[1:]))
    return Quiz(f"how many times the FLOPs of fine-tuning for {task} did pretraining take?", choices)


def ratio(root: Line, tuned: Line) -> float | None:
    """How many times the FLOPs of a fine-tuning its pretraining took; None where either is not counted."""
    return root.cost.flops / tuned.cost.flops if root.cost.flops and tuned.cost.flops else None


def reveal(root: Line, tuned: Line) -> Reveal | None:
    """The choice nearest to what the runs took, and the figures."""
    times = ratio(root, tuned)
    if times is None:
        return None
    right = min(range(len(TIMES)), key=lambda place: abs(math.log10(times) - math.log10(TIMES[place])))
    flops = UNITS["flops"]
    return Reveal(
        right,
        f"{flops.measured(root.cost.flops)} FLOPs against {flops.measured(tuned.cost.flops)}, {words.two_figures(times)} times as many; "
        f"pretraining took no label, fine-tuning {words.counted(tuned.cost.labels, 'label')}.",
    )


def claim(root: Line, tuned: Line) -> str:
    """The title of the page, once its question is settled."""
    times = ratio(root, tuned)
    return f"Pretraining: {words.two_figures(times)} times the FLOPs, and not one label" if times else ASKED
