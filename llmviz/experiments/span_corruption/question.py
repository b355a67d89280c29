"""A sentence with spans cut out, and what a T5 model writes in their place."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Filled(Answer):
    """What one snapshot reads and writes: n tokens in, m tokens out, g gaps.

    Attributes:
        step: training steps behind the snapshot.
        given: (n,) what the encoder reads, as people read it, the special tokens and the sentinels among them.
        sentinels: (n,) the number of the gap that a token of `given` stands for; -1 for all others.
        written: (m,) what the decoder writes.
        numbers: (m,) the number of the gap that a written sentinel opens, g for the one that closes the last gap; -1 for all others.
        chances: (m,) the probability of each written token after those before it.
        ended: whether it closed its answer, or was cut off.
        cross: (m, n) where the decoder looked in the text when it wrote each token, mean over the heads of its last layer, in units of
            1 / attention.FULL, uint8. Before rounding each row sums to 1.
        spans: (g,) the words it put in each gap; empty where it said none.
        truth: (g,) the words that stood there.
        candidates: (g, top) the likeliest spans for each gap, best first, if all it wrote before that gap stands.
        candidate_chances: (g, top) their probabilities, the end of the span included.
        truth_chances: (g,) the same of the words that stood there.
    """

    given: tuple[str, ...]
    sentinels: npt.NDArray[np.int64]
    written: tuple[str, ...]
    numbers: npt.NDArray[np.int64]
    chances: FloatArray
    ended: bool
    cross: npt.NDArray[np.uint8]
    spans: tuple[str, ...]
    truth: tuple[str, ...]
    candidates: tuple[tuple[str, ...], ...]
    candidate_chances: FloatArray
    truth_chances: FloatArray


@dataclass(frozen=True)
class Fill(Question[Filled]):
    """A sentence whose `hidden` places, among its tokens without the special ones, are cut out; neighbours form one span.

    `beams` 1 takes the likeliest token each time; more follow as many likeliest answers at once. `top` is the number of candidates wanted
    for each gap.
    """

    answered_by: ClassVar[str] = "llmviz.experiments.span_corruption.answer"
    answer: ClassVar[type[Answer]] = Filled

    text: str
    hidden: tuple[int, ...]
    beams: int = 1
    top: int = 6
