"""What can be asked on the way to a reward: pairs of replies to choose from, what a head alone learns of choices, and rewards of replies.

Pairs and the head alone are asked of the model that replies; rewards of the reward model.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

NO_REWARD = "this run gives no reward to a reply"


@dataclass(frozen=True)
class Drawn(Answer):
    """Pairs of replies that differ, drawn to open requests.

    Attributes:
        kinds, subjects, requests: (pairs) of each request its kind, what it is about, and its words.
        wordings: (pairs,) the places of their wordings.
        one, other: (pairs) the replies.
    """

    kinds: tuple[str, ...]
    subjects: tuple[str, ...]
    requests: tuple[str, ...]
    wordings: npt.NDArray[np.int64]
    one: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True)
class DrawPairs(Question[Drawn]):
    """The pairs of this `sheet`: some sixty draws, the same each time. Equal replies are left out."""

    answered_by: ClassVar[str] = "llmviz.experiments.reward.pairs_answer"
    answer: ClassVar[type[Answer]] = Drawn

    sheet: int = 0


@dataclass(frozen=True)
class Moved(Answer):
    """How far the reward moves when a word is taken out of a reply.

    Attributes:
        words: those taken out of at least three replies.
        change: (words,) mean of the reward with the word minus that without it.
        count: (words,) replies it was taken out of.
    """

    words: tuple[str, ...]
    change: npt.NDArray[np.float32]
    count: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fitted(Moved):
    """What a head alone has learnt of choices, on the frozen body of the model that replies.

    Attributes:
        learnt: choices it learnt from.
        apart: choices it was tried on.
        accuracy: share of these in which the preferred reply has the higher reward.
    """

    learnt: int
    apart: int
    accuracy: float


@dataclass(frozen=True)
class FitHead(Question[Fitted]):
    """Choices for a head alone to learn: a visitor's own of this digest, or without one the simulated labeller's, as a run has them."""

    answered_by: ClassVar[str] = "llmviz.experiments.reward.fit_answer"
    answer: ClassVar[type[Answer]] = Fitted

    digest: str = ""
    clicks: int = 200
    taste: str = "warm"
    noise: float = 0.1
    seed: int = 0


@dataclass(frozen=True)
class TakeOut(Question[Moved]):
    """Replies to requests, of which the words are taken out one by one."""

    answered_by: ClassVar[str] = "llmviz.experiments.reward.moved_answer"
    answer: ClassVar[type[Answer]] = Moved

    requests: tuple[str, ...]
    replies: tuple[str, ...]

    def refusal(self, stage: str) -> str:
        """Only a reward model has rewards."""
        return "" if stage == "reward" else NO_REWARD


@dataclass(frozen=True)
class Judged(Answer):
    """The reward of some replies, and of each of their beginnings.

    Attributes:
        tokens: the tokens of the replies, end to end.
        lengths: (replies,) how many each has.
        rewards: (replies, longest + 1) the reward where the reply ended after so many of its tokens; the whole reply's is the last of
            its row, and nan stands behind that.
    """

    tokens: tuple[str, ...]
    lengths: npt.NDArray[np.int64]
    rewards: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Judge(Question[Judged]):
    """Replies to one request that are to be given a reward."""

    answered_by: ClassVar[str] = "llmviz.experiments.reward.answer"
    answer: ClassVar[type[Answer]] = Judged

    request: str
    replies: tuple[str, ...]

    def refusal(self, stage: str) -> str:
        """Only a reward model has rewards."""
        return "" if stage == "reward" else NO_REWARD
