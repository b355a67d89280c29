"""Which city a model takes for the capital of each country: what else moves when one of these facts changes."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question


@dataclass(frozen=True)
class Believed(Answer):
    """What one snapshot takes for the capital of each country, in the order of Tinyland's.

    Attributes:
        step: training steps behind the snapshot.
        own: (countries,) the probability of the capital that the old text tells.
        other: (countries,) that of the city asked about.
        first: (countries,) the likeliest word.
    """

    step: int
    own: npt.NDArray[np.float32]
    other: npt.NDArray[np.float32]
    first: tuple[str, ...]


@dataclass(frozen=True)
class Capitals(Question[Believed]):
    """Every country's capital, each asked for in the one form of sentence in which no text tells it, and how likely this `city` is."""

    answered_by: ClassVar[str] = "llmviz.experiments.continual_learning.answer"
    answer: ClassVar[type[Answer]] = Believed

    city: str = "Lima"
