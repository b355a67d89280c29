"""What can be asked of a helper with a policy: what it replies to forbidden requests, however put, and what a few examples undo."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

COUNTS = (1, 3, 10, 30)  # examples from which a copy learns


@dataclass(frozen=True)
class Tried(Answer):
    """What one snapshot replies, the likeliest word each time.

    Attributes:
        step: training steps behind the snapshot.
        replies: a reply to each attempt of `policy.held_out`, way after way, in their order.
    """

    replies: tuple[str, ...]


@dataclass(frozen=True)
class TryWays(Question[Tried]):
    """Every held-out request that these rules forbid, in every way. Any model that writes can be asked."""

    answered_by: ClassVar[str] = "llmviz.experiments.safety.answer"
    answer: ClassVar[type[Answer]] = Tried

    rules: tuple[str, ...]


@dataclass(frozen=True)
class Undone(Answer):
    """How copies of one snapshot fare that have learnt from a few examples, each from as many as `COUNTS` says; first the snapshot itself.

    Attributes:
        step: training steps behind the snapshot.
        refused: (1 + counts,) float32, the share of held-out forbidden requests, as they were taught, that are refused.
        done: (1 + counts,) float32, the share of these that are followed all the same: a reply may do neither.
        followed: (1 + counts,) float32, the share of held-out allowed requests that are followed.
        seconds: how long the copies took to train.
    """

    refused: npt.NDArray[np.float32]
    done: npt.NDArray[np.float32]
    followed: npt.NDArray[np.float32]
    seconds: float


@dataclass(frozen=True)
class Undo(Question[Undone]):
    """Fine-tune copies on a few examples: `harmful` ones do what these rules forbid, others what they allow. A seed draws them."""

    answered_by: ClassVar[str] = "llmviz.experiments.safety.undo_answer"
    answer: ClassVar[type[Answer]] = Undone

    rules: tuple[str, ...]
    harmful: bool
    seed: int = 0


CHOICES = (20, 60, 200)  # of which a copy learns
STARTS = (0, 10)  # examples of a right reply that a copy has learnt from before


@dataclass(frozen=True)
class Chosen(Answer):
    """How copies of one snapshot fare that have learnt from choices, by `STARTS`, then by `CHOICES`: first before any choice.

    Attributes:
        step: training steps behind the snapshot.
        refused: (starts, 1 + choices) float32, the share of held-out forbidden requests, as they were taught, that are refused.
        over: (starts, 1 + choices) float32, the share of held-out allowed requests that are refused.
        followed: (starts, 1 + choices) float32, the share of these that are followed.
        seconds: how long all copies took, their replies included.
    """

    refused: npt.NDArray[np.float32]
    over: npt.NDArray[np.float32]
    followed: npt.NDArray[np.float32]
    seconds: float


@dataclass(frozen=True)
class LearnFromChoices(Question[Chosen]):
    """Teach copies these rules by choices between two replies. Any model that replies can be asked; a seed draws the choices."""

    answered_by: ClassVar[str] = "llmviz.experiments.safety.chosen_answer"
    answer: ClassVar[type[Answer]] = Chosen

    rules: tuple[str, ...]
    seed: int = 0
