"""Two parts of a text: whether the second goes on with the first, and where each looks in the other."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question


@dataclass(frozen=True)
class Sequel(Answer):
    """What one snapshot says of two parts of n and m tokens, the special ones left out.

    Attributes:
        step: training steps behind the snapshot.
        first: the n tokens of the first part, as the user wrote them.
        second: the m tokens of the second.
        probability: that the second part goes on with the first.
        back: (m, n) how much each token of the second part looks at each of the first, in the head that does so most, in units of
            1 / attention.FULL, uint8.
        ahead: (n, m) the same the other way round.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    probability: float
    back: npt.NDArray[np.uint8]
    ahead: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Follows(Question[Sequel]):
    """Two parts, of attention.MOST_TOKENS together. Asked of runs that learnt to answer."""

    answered_by: ClassVar[str] = "llmviz.experiments.next_sentence.answer"
    answer: ClassVar[type[Answer]] = Sequel

    first: str
    second: str

    def refusal(self, stage: str) -> str:
        """Why, for all that next sentence prediction has not trained."""
        return "" if stage == "nsp" else "this model never learnt to tell whether one part goes on with another"
