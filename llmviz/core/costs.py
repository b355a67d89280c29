"""What training a model took, from the run's description and from what it said: tokens, labels, FLOPs, seconds, parameters, memory."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from llmviz.core import catalogue, flops
from llmviz.core.experiment import FINE_TUNING, T5S
from llmviz.core.history import History
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.settings import SIZES, SpanSpec
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done


@dataclass(frozen=True)
class Cost:
    """What one run took.

    Attributes:
        spec: what was trained.
        tokens: read in all batches, padding left out; of a T5 also those written.
        labels: the labelled examples it learnt from; 0 of pretraining.
        flops: of all training steps, forward and backward; None where they are not counted.
        seconds: of training.
        parameters: those that move; what does not is the parent's, and needs no second copy. 0 where no run tells.
        metrics: the figures on test data, by name; empty before the end.
        peak_memory: the most bytes that the training program held at once during the run; 0 where it is not known.
        base_memory: the bytes that it held before the run.
    """

    spec: RunSpec
    tokens: int
    labels: int
    flops: float | None
    seconds: float
    parameters: int
    metrics: Mapping[str, float]
    peak_memory: int = 0
    base_memory: int = 0


def of_history(spec: RunSpec, history: History) -> Cost | None:
    """That of a run that said this; None where it has not begun to learn."""
    if history.begin is None or not history.tokens:
        return None
    begin, end = history.begin, history.end
    done = end if isinstance(end, Done) else None
    counted = _counted(spec, history.tokens, begin.references, begin.vocabulary)
    memory = (done.peak_memory, done.base_memory) if done else (0, 0)
    metrics = done.metrics if done else {}
    return Cost(spec, history.tokens, labels(spec), counted, history.seconds, begin.parameters, metrics, *memory)


def of_learning_curve(run: LearningCurve) -> Cost | None:
    """That of a run of which the learning curve alone is kept, which knows no vocabulary: FLOPs are those of fine-tuning alone."""
    if not run.tokens:
        return None
    tokens = run.tokens[-1]
    counted = _counted(run.spec, tokens, run.references, 0)
    return Cost(run.spec, tokens, labels(run.spec), counted, run.seconds, run.parameters, run.metrics)


def labels(spec: RunSpec) -> int:
    """The labelled examples a run learns from. In pretraining the text itself is the label, and nobody gives one."""
    return int(getattr(spec.objective, "labels", 0)) * catalogue.experiment(spec.stage).tasks


def _counted(spec: RunSpec, tokens: int, references: Mapping[str, float], vocabulary: int) -> float | None:
    try:
        return training_flops(spec, tokens, references, vocabulary)
    except ValueError:
        return None


def training_flops(spec: RunSpec, tokens: int, references: Mapping[str, float], vocabulary: int) -> float:
    """FLOPs of a run that has read so many tokens, with the lines its loss lies between, and so many entries in its vocabulary.

    Texts are taken to be as long as the mean: scores are a small part where texts are short. Raises ValueError for a run whose FLOPs are
    not counted.
    """
    tasks = catalogue.experiment(spec.stage).tasks
    at_once = min(spec.train.batch_size // tasks * tasks, labels(spec) or spec.train.batch_size)  # as many of each task
    texts = spec.train.steps * at_once
    if spec.model.architecture in T5S:
        read, written = _parts(spec, tokens / texts)
        return texts * flops.text(spec.model, read, written, vocabulary or _named(references)).step
    method, rank = getattr(spec.objective, "method", "full"), getattr(spec.objective, "rank", 0)
    return tokens * flops.token(spec.model, tokens / texts, _head(spec, references, vocabulary), method, rank).step


def _named(references: Mapping[str, float]) -> int:
    """The entries of a vocabulary of which random guess is one in so many, as its loss tells."""
    if "random_guess" not in references:
        raise ValueError("the size of its vocabulary is not known")
    return round(math.exp(references["random_guess"]))


def _head(spec: RunSpec, references: Mapping[str, float], vocabulary: int) -> int:
    """Parameters in the matrices of its head. The loss of random guess among classes is ln of their number."""
    experiment = catalogue.experiment(spec.stage)
    if experiment.phase == FINE_TUNING and labels(spec):
        outputs = experiment.outputs or round(math.exp(references.get("random_guess", 0.0)))
        return SIZES[spec.model.size].width * outputs
    if not vocabulary:
        raise ValueError("the size of its vocabulary is not known")
    return flops.language_head(spec.model, vocabulary)


def _parts(spec: RunSpec, length: float) -> tuple[float, float]:
    """Tokens read and written of a text that has so many in all."""
    if isinstance(spec.objective, SpanSpec):
        return _cut(spec.objective, length)
    written = catalogue.experiment(spec.stage).written.get(spec.text.name)
    if written is None:
        raise ValueError(f"how much {spec.stage} reads and writes is not known")
    return length * (1 - written), length * written


def _cut(objective: SpanSpec, length: float) -> tuple[float, float]:
    """The same of a text with spans cut out.

    Of n words a share is hidden in spans of a mean length. Read are the others, a sentinel for each span, [CLS] and [SEP]; written are the
    hidden words, a sentinel for each span and one at the end, and [SEP].
    """
    share, span = objective.density, objective.span_length
    words = (length - 4) / (1 + 2 * share / span)
    spans = words * share / span
    return words * (1 - share) + spans + 2, words * share + spans + 2
