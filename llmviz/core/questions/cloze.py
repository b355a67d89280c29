"""A sentence with gaps, and which words a masked language model expects in them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Trace(Answer):
    """What one snapshot made of one sentence of n tokens; special tokens are left out.

    Attributes:
        step: training steps behind the snapshot.
        tokens: the n tokens of the sentence, as pieces of the vocabulary.
        probability: (n,) of the true token at its place, hidden or visible.
        candidates: (n, top) ids of the most probable tokens, best first.
        candidate_probability: (n, top) their probabilities.
        words: (n, top) the candidates spelt out.
    """

    tokens: tuple[str, ...]
    probability: FloatArray
    candidates: IntArray
    candidate_probability: FloatArray
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Cloze(Question[Trace]):
    """A sentence to put through a masked language model.

    `hidden` are positions among the tokens of the sentence, the special ones not counted. `top` is the number of candidates wanted at
    each position.
    """

    answered_by: ClassVar[str] = "llmviz.inspect.masked"
    answer: ClassVar[type[Answer]] = Trace

    text: str
    hidden: tuple[int, ...] = ()
    top: int = 6
