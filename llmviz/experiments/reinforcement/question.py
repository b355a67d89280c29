"""What the page asks beside replies: what a reward model makes of them, the best of n."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question, ToTraining


@dataclass(frozen=True)
class WordRewards(Answer):
    """What a reward model gives.

    Attributes:
        step: training steps behind the reward model.
        rewards: (replies) the reward of each.
        pushes: (words) of each word of the replies, end to end, the reward with it less the reward without it.
    """

    rewards: npt.NDArray[np.float32]
    pushes: npt.NDArray[np.float32]


@dataclass(frozen=True)
class RewardWords(Question[WordRewards]):
    """Replies to judge, each with its request."""

    answered_by: ClassVar[str] = "llmviz.experiments.reinforcement.word_rewards_answer"
    answer: ClassVar[type[Answer]] = WordRewards

    requests: tuple[str, ...]
    replies: tuple[str, ...]


@dataclass(frozen=True)
class Best(Answer):
    """How the best of n replies fares, by the reward model's choice; all but `counts` are means over requests.

    Attributes:
        step: 0, for nothing is trained.
        counts: (sizes) the n.
        win_rate, taste, reward: (sizes) as the metrics of the same names.
        seconds: (sizes) to write so many replies to all requests and to judge them.
        requests: how many there were.
    """

    counts: npt.NDArray[np.int64]
    win_rate: npt.NDArray[np.float64]
    taste: npt.NDArray[np.float64]
    reward: npt.NDArray[np.float64]
    seconds: npt.NDArray[np.float64]
    requests: int


@dataclass(frozen=True, kw_only=True)
class BestOf(ToTraining[Best]):
    """The best of n, for n = 1, 2, 4 … up to `most`: of replies by the model that a policy begins as, judged by that policy's judge."""

    answered_by: ClassVar[str] = "llmviz.experiments.reinforcement.best_answer"
    answer: ClassVar[type[Answer]] = Best

    most: int = 64
    requests: int = 120
    start: int | None = 0
