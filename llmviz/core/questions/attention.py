"""A sentence, and where each head of a model looks while it reads it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

MOST_TOKENS = 40  # of a sentence; more rows and arcs than these cannot be told apart on one screen
FULL = 255  # how all of a token's attention is written in a byte: a weight is kept to 0.2 percentage points


@dataclass(frozen=True)
class Attention(Answer):
    """What one snapshot attends to, with the n tokens of the sentence and the special ones around them.

    Attributes:
        step: training steps behind the snapshot.
        tokens: what the model reads, as people read it: [CLS] first, and for a model that reads both ways [SEP] last.
        joined: (n,) whether a token goes on with the word before it.
        special: how many of the tokens are special ones.
        count: tokens the sentence has, the special ones left out; those beyond the limit are not read.
        causal: whether a token sees only what stands before it.
        weights: (layer, head, query, key) in units of 1 / FULL, uint8. Before rounding each row sums to 1.
    """

    tokens: tuple[str, ...]
    joined: npt.NDArray[np.bool_]
    special: int
    count: int
    causal: bool
    weights: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Attend(Question[Attention]):
    """A sentence to read. At most MOST_TOKENS of its tokens are read, and no more than the model takes."""

    answered_by: ClassVar[str] = "llmviz.inspect.attention"
    answer: ClassVar[type[Answer]] = Attention

    text: str
