"""What can be asked of a classifier: which words carry a prediction, by two methods and how far they agree; and its test examples."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.classification import Marked

LEFT_OUT, GRADIENTS = "leaving out", "integrated gradients"
METHODS = (LEFT_OUT, GRADIENTS)
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Reasons(Answer):
    """How much each of the n words of a text moves one snapshot's prediction.

    All figures are log-odds of the last label, in nats: positive speaks for it, negative against.

    Attributes:
        step: training steps behind the snapshot.
        words: the n words as they were typed; pieces of a word count together.
        labels: the names of the classes, in the order of the head.
        weight: (n,) what each word adds.
        whole: the log-odds of the whole text.
        without: by leaving out, the log-odds of a text without words; by integrated gradients, of the text with every word hidden.
            Integrated gradients promise that the weights add up to `whole` - `without`; leaving out promises nothing of the kind.
    """

    words: tuple[str, ...]
    labels: tuple[str, ...]
    weight: FloatArray
    whole: float
    without: float

    @property
    def gap(self) -> float:
        """How far the weights are from adding up, in nats."""
        return abs(float(self.weight.sum()) - (self.whole - self.without))


@dataclass(frozen=True)
class Attribute(Question[Reasons]):
    """A text whose words are to be weighed, by one of METHODS."""

    answered_by: ClassVar[str] = "llmviz.experiments.classification.answer"
    answer: ClassVar[type[Answer]] = Reasons

    text: str
    method: str = LEFT_OUT


@dataclass(frozen=True)
class Agreement(Answer):
    """How alike the two methods rank the words of unseen texts.

    Attributes:
        step: training steps behind the snapshot.
        correlation: (texts,) Spearman's rank correlation of the two weights over the words of each text; texts all of whose words weigh the
            same have none and are left out.
        gap: (texts,) how far integrated gradients are from adding up, in nats.
    """

    correlation: FloatArray
    gap: FloatArray


@dataclass(frozen=True)
class Agree(Question[Agreement]):
    """Weigh the words of the first `count` held-out examples of a labelled text by both methods, and compare."""

    answered_by: ClassVar[str] = "llmviz.experiments.classification.agreement_answer"
    answer: ClassVar[type[Answer]] = Agreement

    text: str
    count: int = 40


@dataclass(frozen=True)
class Unseen(Question[Marked]):
    """Classify the first `count` test examples of a labelled text, named as in `core.texts`."""

    answered_by: ClassVar[str] = "llmviz.experiments.classification.unseen_answer"
    answer: ClassVar[type[Answer]] = Marked

    text: str
    count: int = 1_000
