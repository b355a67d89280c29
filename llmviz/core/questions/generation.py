"""What can be asked of a GPT: how it goes on from a beginning, token by token."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

FILTERS = (
    "model",
    "repetition_penalty",
    "temperature",
    "top_k",
    "top_p",
)  # the model's own distribution, then what each filter makes of it
ENDED, COUNTED, FULL = "ended", "counted", "full"  # why a text stops: the model said so, as many as were wanted, no room


@dataclass(frozen=True)
class Generation(Answer):
    """What one snapshot wrote: n tokens, and for each of them what else it might have been.

    Attributes:
        step: training steps behind the snapshot.
        ids: (n,) ids of the tokens, the closing [SEP] among them.
        words: (n,) the tokens as a reader sees them.
        joined: (n,) whether a token goes on with the word before it.
        text: all of them as running text.
        candidates: (n, top + 1) ids of the tokens that were likeliest before any filter; behind them the token itself, also once more.
        candidate_words: (n, top + 1) the same as a reader sees them.
        chances: (n, len(FILTERS), top + 1) their probabilities after each filter; the last row is what was drawn from.
        starts: (n, top + 1) where the part of each begins when all chances drawn from are laid end to end, the largest first.
        left: (n,) how many tokens of the vocabulary could still be drawn after the last filter.
        draws: (n,) the random numbers, from 0 to 1: each fell on the part of one token, which was taken.
        why: ENDED, COUNTED or FULL.
    """

    ids: IntArray
    words: tuple[str, ...]
    joined: npt.NDArray[np.bool_]
    text: str
    candidates: IntArray
    candidate_words: tuple[tuple[str, ...], ...]
    chances: FloatArray
    starts: FloatArray
    left: IntArray
    draws: FloatArray
    why: str


@dataclass(frozen=True)
class Generate(Question[Generation]):
    """A beginning to be continued by at most `tokens` tokens. The filters apply in the order of FILTERS, which is that of transformers.

    `temperature` 0 takes the likeliest token each time; `top_k` 0 keeps all; `seed` gives the random numbers, one for each place, whatever
    was drawn before. `chosen` are the ids of tokens that stand at the first places by somebody's choice: the model goes on after them.
    `top` is the number of candidates wanted for each token.
    """

    answered_by: ClassVar[str] = "llmviz.inspect.generation"
    answer: ClassVar[type[Answer]] = Generation

    text: str
    tokens: int = 40
    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    seed: int = 0
    chosen: tuple[int, ...] = ()
    top: int = 6
