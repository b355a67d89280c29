"""What can be asked of a model that was trained elsewhere: the pieces in which it reads a text."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question


@dataclass(frozen=True)
class Pieces(Answer):
    """A text as one model reads it: n pieces, and how many its vocabulary has.

    Attributes:
        step: training steps behind the snapshot.
        pieces: (n,) what stands in the text for each; one that is only a part of a letter is told by the numbers of its bytes.
        joined: (n,) whether a piece goes on with the word before it.
        known: (n,) whether the model knows it; one it does not is [UNK].
        vocabulary: its entries, special ones counted.
    """

    pieces: tuple[str, ...]
    joined: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    vocabulary: int


@dataclass(frozen=True)
class Cut(Question[Pieces]):
    """Cut this text."""

    answered_by: ClassVar[str] = "llmviz.experiments.tokenization.real_answer"
    answer: ClassVar[type[Answer]] = Pieces

    text: str
