"""What each head of a model does with its attention, measured on held-out texts."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question


@dataclass(frozen=True)
class HeadScores(Answer):
    """How much of each head's attention falls on targets with a name.

    Attributes:
        step: training steps behind the snapshot.
        targets: the names of the targets, such as "previous token".
        mass: (layer, head, target) the mean share of a token's attention that lies on its target, over the tokens that have one. float32
        chance: (target,) the same for a head that looks alike at all it may see. float32
        places: (target,) how many tokens have such a target. int64
        texts: how many texts were read.
    """

    targets: tuple[str, ...]
    mass: npt.NDArray[np.float32]
    chance: npt.NDArray[np.float32]
    places: npt.NDArray[np.int64]
    texts: int


@dataclass(frozen=True)
class Heads(Question[HeadScores]):
    """Measured on fixed texts of this corpus that the model has not trained on. Subjects and facts are known for Tinyland alone."""

    answered_by: ClassVar[str] = "llmviz.inspect.heads"
    answer: ClassVar[type[Answer]] = HeadScores

    corpus: str
