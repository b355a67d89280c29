"""What each method of fine-tuning costs and comes to, beside what its model's pretraining cost, as a table. Pure."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from llmviz.core import costs
from llmviz.core.experiment import Metric
from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.study import Band, Value
from llmviz.views import words
from llmviz.views.study import Series, said

COLUMNS = ("parameters trained, and stored for this task", "FLOPs", "of pretraining's FLOPs", "seconds of training")


@dataclass(frozen=True)
class Row:
    """Attributes:
    name: of the method, or of the run that all start from.
    parameters: those that move; what does not is the parent's, and needs no second copy. 0 where no run tells.
    flops: forward and backward, of all steps.
    seconds: of training.
    figure: the metric, of the seeds that have ended; None of pretraining, which has another task.
    """

    name: str
    parameters: int
    flops: float
    seconds: float
    figure: Band | None = None


def of_method(series: Series, value: Value, metric: Metric) -> Row | None:
    """The median run of a method; None where none has ended."""
    ended = [each for spec in series.study.at(value) if (each := series.learning_curves.get(spec.id)) and each.metrics]
    found = [cost for each in ended if (cost := costs.of_learning_curve(each))]
    counted = [each.flops for each in found if each.flops is not None]
    figure = series.band(value, metric.name)
    if not counted or figure is None:
        return None
    parameters, seconds = max(each.parameters for each in found), median(each.seconds for each in found)
    return Row(value.label, parameters, median(counted), seconds, figure)


def of_pretraining(spec: RunSpec, history: History) -> Row | None:
    """That of the run which fine-tuning starts from; None where it has not begun, or its FLOPs are not counted."""
    cost = costs.of_history(spec, history)
    if cost is None or cost.flops is None:
        return None
    return Row("pretraining", cost.parameters, cost.flops, cost.seconds)


def table(series: Series, metric: Metric, pretraining: Row | None) -> str:
    """Methods in rows, in HTML; below them pretraining, where it is known."""
    labels = [value.label for value in series.study.values]
    found = [of_method(series, value, metric) for value in series.study.values]
    rows = [_row(label, cost, metric, pretraining) for label, cost in zip(labels, found, strict=True)]
    if pretraining:
        rows.append(_row(pretraining.name, pretraining, metric, pretraining))
    names = "".join(f"<th scope=col>{html.escape(name)}</th>" for name in (series.study.axis.label, *COLUMNS, metric.title))
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _row(label: str, cost: Row | None, metric: Metric, pretraining: Row | None) -> str:
    cells: Sequence[str] = ("not trained", "", "", "", "")
    if cost:
        share = f"{100 * cost.flops / pretraining.flops:.2g} %" if pretraining and cost is not pretraining else ""
        known = f"{cost.parameters:,}" if cost.parameters else "not told"
        cells = (known, billions(cost.flops), share, f"{cost.seconds:.1f}", said(cost.figure, metric) if cost.figure else "")
    return f"<tr><th scope=row>{html.escape(label)}</th>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"


def billions(count: float) -> str:
    """FLOPs to two figures: `14 billion`, `0.35 billion`, `1,000 billion`."""
    return f"{words.two_figures(count / 1e9)} billion"
