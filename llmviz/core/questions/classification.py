"""Texts to be classified by a model with a classification head: a visitor's, and examples that no training has seen."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question


@dataclass(frozen=True)
class Classification(Answer):
    """What one snapshot says of one text of n tokens.

    Attributes:
        step: training steps behind the snapshot.
        tokens: the n tokens of the text, as pieces of the vocabulary, the special ones left out.
        labels: the names of the classes, in the order of the head.
        probability: (classes,) of each label, float32, sum 1.
    """

    tokens: tuple[str, ...]
    labels: tuple[str, ...]
    probability: npt.NDArray[np.float32]

    @property
    def label(self) -> str:
        """The likeliest label."""
        return self.labels[int(self.probability.argmax())]


@dataclass(frozen=True)
class Classify(Question[Classification]):
    """A text to classify. Answered by runs whose model ends in a classification head; others refuse, in a sentence."""

    answered_by: ClassVar[str] = "llmviz.inspect.classification"
    answer: ClassVar[type[Answer]] = Classification

    text: str


@dataclass(frozen=True)
class Marked(Answer):
    """One snapshot's predictions on examples that no training has seen.

    Attributes:
        step: training steps behind the snapshot.
        texts: the examples, the same for every snapshot.
        truth: (examples,) the place of the true label.
        labels: the names of the classes, in the order of the head.
        probability: (examples, classes) float32, rows sum to 1.
    """

    texts: tuple[str, ...]
    truth: npt.NDArray[np.int64]
    labels: tuple[str, ...]
    probability: npt.NDArray[np.float32]

    @property
    def prediction(self) -> npt.NDArray[np.int64]:
        """(examples,) the place of the likeliest label."""
        likeliest: npt.NDArray[np.int64] = self.probability.argmax(-1)
        return likeliest
