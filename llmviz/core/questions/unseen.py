"""The held-out examples of a labelled text, and how a snapshot judges each of them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question


@dataclass(frozen=True)
class Marked(Answer):
    """One snapshot's verdicts on examples that no training has seen.

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
    def verdict(self) -> npt.NDArray[np.int64]:
        """(examples,) the place of the likeliest label."""
        likeliest: npt.NDArray[np.int64] = self.probability.argmax(-1)
        return likeliest


@dataclass(frozen=True)
class Unseen(Question[Marked]):
    """Judge the first `count` test examples of a labelled text, named as in `core.texts`."""

    answered_by: ClassVar[str] = "llmviz.inspect.unseen"
    answer: ClassVar[type[Answer]] = Marked

    text: str
    count: int = 1_000
