"""A text with its task before it, and what a T5 writes in answer."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

STAGE = "text2text"


@dataclass(frozen=True)
class Written(Answer):
    """What one snapshot reads and writes: n tokens in, m tokens out.

    Attributes:
        step: training steps behind the snapshot.
        given: (n,) what the encoder reads, the end among it.
        written: (m,) what the decoder writes, the likeliest token each time.
        chances: (m,) float32, the probability of each after those before it.
        ended: whether it closed its answer, or was cut off.
        cross: (m, n) where the decoder looked in the text when it wrote each token, mean over the heads of its last layer, in units of
            1 / attention.FULL, uint8. Before rounding each row sums to 1.
    """

    given: tuple[str, ...]
    written: tuple[str, ...]
    chances: npt.NDArray[np.float32]
    ended: bool
    cross: npt.NDArray[np.uint8]

    @property
    def answer(self) -> str:
        """The words of the answer, without its end."""
        return " ".join(self.written[:-1] if self.ended else self.written)


@dataclass(frozen=True)
class Write(Question[Written]):
    """A text, with the name of its task before it as in training."""

    answered_by: ClassVar[str] = "llmviz.experiments.text_to_text.answer"
    answer: ClassVar[type[Answer]] = Written

    text: str

    def refusal(self, stage: str) -> str:
        """Why, for all that text to text has not trained."""
        return "" if stage == STAGE else "this model never learnt tasks that are named before a text"
