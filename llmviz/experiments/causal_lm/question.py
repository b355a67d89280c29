"""What can be asked of a GPT: the likeliest whole continuations of a beginning, and all that was looked at on the way."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tree(Answer):
    """What one snapshot's search looked at: m nodes, parents before their children, each a token after the tokens on the way to it.

    Attributes:
        step: training steps behind the snapshot.
        parents: (m,) the node that each goes on from; -1 goes on from the beginning itself.
        depths: (m,) how many tokens lie behind the beginning, counted from 1.
        ids: (m,) the tokens.
        words: (m,) the same as a reader sees them.
        joined: (m,) whether a token goes on with the word before it.
        chances: (m,) ln p of the token after what stands before it.
        scores: (m,) the sum of these from the beginning to the node: ln p of the whole continuation.
        kept: (m,) whether the node was among the best of its round, so that the search went on from it.
        ended: (m,) whether the text is closed there.
        best: the node at which the likeliest continuation ends.
        greedy: (m,) whether the node lies on the way that takes the likeliest token each time.
    """

    parents: IntArray
    depths: IntArray
    ids: IntArray
    words: tuple[str, ...]
    joined: npt.NDArray[np.bool_]
    chances: FloatArray
    scores: FloatArray
    kept: npt.NDArray[np.bool_]
    ended: npt.NDArray[np.bool_]
    best: int
    greedy: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Search(Question[Tree]):
    """A beginning to be continued by at most `tokens` tokens, following the `width` likeliest continuations at once."""

    answered_by: ClassVar[str] = "llmviz.experiments.causal_lm.beams_answer"
    answer: ClassVar[type[Answer]] = Tree

    text: str
    width: int = 3
    tokens: int = 8
