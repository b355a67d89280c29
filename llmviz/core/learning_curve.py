"""How a run went, in short: at each evaluation the batches learnt, the tokens read and the metrics. No weights, no single batches."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done


@dataclass(frozen=True)
class LearningCurve:
    """Attributes:
    spec: what was trained.
    steps: the batches learnt at each evaluation.
    tokens: the tokens read by then.
    scores: the metrics on validation data at each, by name; all as long as `steps`.
    references: the lines the loss lies between, as in `core.update.Begin`.
    metrics: the figures on test data, by name; empty before the end.
    seconds: of training so far.
    parameters: those that are trained; 0 where it is not known, of learning curves kept before they told.
    """

    spec: RunSpec
    steps: tuple[int, ...] = ()
    tokens: tuple[int, ...] = ()
    scores: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    references: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    parameters: int = 0

    def first(self, metric: str, share: float) -> int | None:
        """The place of the evaluation from which on the metric never fell below this share again; None where it never came so far."""
        values = self.scores.get(metric, ())
        below = [place for place, value in enumerate(values) if value < share]
        reached = below[-1] + 1 if below else 0
        return reached if reached < len(values) else None


def learning_curve(spec: RunSpec, history: History) -> LearningCurve:
    """That of a run that said this. A metric that was not measured each time is left out."""
    steps = history.read.steps
    return LearningCurve(
        spec,
        steps,
        tuple(int(count) for count in history.read.values),
        {name: curve.values for name, curve in history.scores.items() if curve.steps == steps},
        dict(history.begin.references) if history.begin else {},
        dict(history.end.metrics) if isinstance(history.end, Done) else {},
        history.seconds,
        history.begin.parameters if history.begin else 0,
    )
