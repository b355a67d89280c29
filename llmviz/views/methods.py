"""What each method of fine-tuning costs and comes to, beside what its model's pretraining cost, as a table. Pure."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from llmviz.core import catalogue, flops
from llmviz.core.experiment import PRETRAINING, T5S, Metric
from llmviz.core.history import History
from llmviz.core.learning_curve import LearningCurve, learning_curve
from llmviz.core.settings import SIZES
from llmviz.core.spec import RunSpec
from llmviz.core.study import Band, Value
from llmviz.views import words
from llmviz.views.study import Series, said

COLUMNS = ("parameters trained, and stored for this task", "FLOPs", "of pretraining's FLOPs", "seconds of training")
PARENTS = ("mlm", "clm")  # kinds of pretraining whose FLOPs are counted


@dataclass(frozen=True)
class Cost:
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


def of_method(series: Series, value: Value, metric: Metric) -> Cost | None:
    """The median run of a method; None where none has ended."""
    found = [each for spec in series.study.at(value) if (each := series.learning_curves.get(spec.id)) and each.metrics]
    figure = series.band(value, metric.name)
    if not found or figure is None:
        return None
    parameters = max(each.parameters for each in found)
    return Cost(value.label, parameters, median(map(_spent, found)), median(each.seconds for each in found), figure)


def _spent(run: LearningCurve) -> float:
    """FLOPs of a run of fine-tuning. Its head is a matrix of width × outputs: so many as its experiment says, or one for each class, and
    then the loss of random guess is ln of their number.
    """
    spec = run.spec
    outputs = catalogue.experiment(spec.stage).outputs or round(math.exp(run.references.get("random_guess", 0.0)))
    return _flops(spec, run.tokens[-1], min(spec.train.batch_size, spec.objective.labels), SIZES[spec.model.size].width * outputs)


def spent(spec: RunSpec, history: History) -> float | None:
    """FLOPs of a run, of whatever phase, so far; None where it has not begun, or they are not counted for such a model."""
    if catalogue.experiment(spec.stage).phase == PRETRAINING:
        cost = of_pretraining(spec, history)
        return cost.flops if cost else None
    if spec.model.architecture in T5S or not history.read.steps:
        return None
    return _spent(learning_curve(spec, history))


def of_pretraining(spec: RunSpec, history: History) -> Cost | None:
    """That of the run which fine-tuning starts from; None where it has not begun, or its FLOPs are not counted."""
    if history.begin is None or not history.tokens or spec.stage not in PARENTS:
        return None
    head = flops.language_head(spec.model, history.begin.vocabulary)
    spent = _flops(spec, history.tokens, spec.train.batch_size, head)
    return Cost("pretraining", history.begin.parameters, spent, history.seconds)


def _flops(spec: RunSpec, tokens: int, batch_size: int, head: int) -> float:
    method, rank = getattr(spec.objective, "method", "full"), getattr(spec.objective, "rank", 0)
    length = tokens / (spec.train.steps * batch_size)  # the mean: scores are a small part where texts are short
    return tokens * flops.token(spec.model, length, head, method, rank).step


def table(series: Series, metric: Metric, pretraining: Cost | None) -> str:
    """Methods in rows, in HTML; below them pretraining, where it is known."""
    labels = [value.label for value in series.study.values]
    costs = [of_method(series, value, metric) for value in series.study.values]
    rows = [_row(label, cost, metric, pretraining) for label, cost in zip(labels, costs, strict=True)]
    if pretraining:
        rows.append(_row(pretraining.name, pretraining, metric, pretraining))
    names = "".join(f"<th scope=col>{html.escape(name)}</th>" for name in (series.study.axis.label, *COLUMNS, metric.title))
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _row(label: str, cost: Cost | None, metric: Metric, pretraining: Cost | None) -> str:
    cells: Sequence[str] = ("not trained", "", "", "", "")
    if cost:
        share = f"{100 * cost.flops / pretraining.flops:.2g} %" if pretraining and cost is not pretraining else ""
        known = f"{cost.parameters:,}" if cost.parameters else "not told"
        cells = (known, billions(cost.flops), share, f"{cost.seconds:.1f}", said(cost.figure, metric) if cost.figure else "")
    return f"<tr><th scope=row>{html.escape(label)}</th>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"


def billions(count: float) -> str:
    """FLOPs to two figures: `14 billion`, `0.35 billion`, `1,000 billion`."""
    return f"{words.about(round(count / 1e9)) if count >= 1e10 else f'{count / 1e9:.2g}'} billion"
