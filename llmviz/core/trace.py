"""One input through one snapshot of a model, as numpy arrays; and the question that asks for it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Question:
    """A sentence to put through a masked language model.

    `hidden` are positions among the tokens of the sentence, the special ones not counted. `top` is the number of candidates wanted at
    each position; `attention` asks for the attention weights as well, which takes the slower eager attention.
    """

    text: str
    hidden: tuple[int, ...] = ()
    top: int = 6
    attention: bool = False


@dataclass(frozen=True)
class Trace:
    """What one snapshot made of one sentence of n tokens; special tokens are left out except in `attention`.

    Attributes:
        step: training steps behind the snapshot.
        tokens: the n tokens of the sentence, as pieces of the vocabulary.
        probability: (n,) of the true token at its place, hidden or visible.
        candidates: (n, top) ids of the most probable tokens, best first.
        candidate_probability: (n, top) their probabilities.
        words: (n, top) the candidates spelt out.
        attention: (layer, head, query, key) over the n + 2 positions with [CLS] and [SEP], rows sum to 1; None unless asked for.
    """

    step: int
    tokens: tuple[str, ...]
    probability: FloatArray
    candidates: IntArray
    candidate_probability: FloatArray
    words: tuple[tuple[str, ...], ...]
    attention: FloatArray | None = None
