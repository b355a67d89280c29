"""An exercise of pretraining as it was drawn from one text: what a model reads, what it must say where, and how well it does."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

FloatArray = npt.NDArray[np.float32]

KINDS = ("mlm", "clm", "nsp", "span")  # the stages that learn from such exercises, in the order of the page
FOLLOWS = ("follows", "does not follow")  # the answers of next sentence prediction; a target is a place in this list


@dataclass(frozen=True)
class Solved(Answer):
    """What one snapshot makes of an exercise of n targets.

    Attributes:
        step: training steps behind the snapshot.
        chances: (n,) the probability it gives each target.
        guesses: (n, top) what it finds likeliest there, best first, as a reader sees it.
        guess_chances: (n, top) their probabilities.
        right: (n,) whether the target is the likeliest of all.
        loss: mean of -ln p(target) over the targets, in nats: the loss that its training would take.
    """

    chances: FloatArray
    guesses: tuple[tuple[str, ...], ...]
    guess_chances: FloatArray
    right: npt.NDArray[np.bool_]
    loss: float


@dataclass(frozen=True)
class Solve(Question[Solved]):
    """An exercise of one of KINDS in token ids, put to a model that learnt from such.

    `read` is what goes in, the special tokens included, and `said` what a T5 writes, empty for the others. A loss is taken at `places`: of
    `said` for a T5, of `read` otherwise, where a GPT names each token from those before it and next sentence prediction answers at [CLS].
    `truth` is what is to be said there: token ids, or for next sentence prediction the place in FOLLOWS.
    """

    answered_by: ClassVar[str] = "llmviz.experiments.four_exercises.answer"
    answer: ClassVar[type[Answer]] = Solved

    stage: str
    read: tuple[int, ...]
    said: tuple[int, ...]
    places: tuple[int, ...]
    truth: tuple[int, ...]
    top: int = 3

    def refusal(self, stage: str) -> str:
        """Why, for all that another stage trained."""
        return "" if stage == self.stage else "this model never learnt from such exercises"
