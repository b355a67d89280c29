"""What can be asked of a model that is to do what it is told: replies to held-out requests, and the losses of a dialogue."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

LEARNT, SUBJECT, WORDING, KIND = "learnt", "subject", "wording", "kind"  # what of a request was in training: all, or all but this


@dataclass(frozen=True)
class Examined(Answer):
    """What one snapshot replies to n requests, the likeliest token each time.

    Attributes:
        step: training steps behind the snapshot.
        unseen: (n,) what of each was never in training: LEARNT, SUBJECT, WORDING or KIND. Of an unseen wording the subject is unseen too.
        kinds: (n,) of which kind each is.
        requests, replies: (n,) their words.
        lacks: (n,) why the reply does not do what is asked; "" where it does.
        ended: (n,) whether the text ends after the reply, or was cut off.
        asks: (n,) whether the reply begins with a request of its own.
    """

    unseen: tuple[str, ...]
    kinds: tuple[str, ...]
    requests: tuple[str, ...]
    replies: tuple[str, ...]
    lacks: tuple[str, ...]
    ended: npt.NDArray[np.bool_]
    asks: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Examine(Question[Examined]):
    """Requests of every kind: as in training, about unseen subjects, and put in unseen words too. `most` of each kind as in training."""

    answered_by: ClassVar[str] = "llmviz.experiments.instructions.examined_answer"
    answer: ClassVar[type[Answer]] = Examined

    most: int = 12


@dataclass(frozen=True)
class Losses(Answer):
    """What one snapshot makes of a dialogue: n tokens, the end among them.

    Attributes:
        step: training steps behind the snapshot.
        words: (n,) the tokens of request and reply.
        begins: the place at which the reply begins.
        losses: (n,) float32, −ln p of each after those before it.
    """

    words: tuple[str, ...]
    begins: int
    losses: npt.NDArray[np.float32]


@dataclass(frozen=True)
class LossesOf(Question[Losses]):
    """A request and a reply to it, as one text."""

    answered_by: ClassVar[str] = "llmviz.experiments.instructions.losses_answer"
    answer: ClassVar[type[Answer]] = Losses

    request: str
    reply: str


@dataclass(frozen=True)
class Told(Answer):
    """What one model writes after a request: as after any text, and in the form of a dialogue."""

    plain: str
    reply: str


@dataclass(frozen=True)
class InDialogue(Question[Told]):
    """A request to a model that was tuned on dialogues, with and without their marks; at most `tokens` tokens of each, the likeliest."""

    answered_by: ClassVar[str] = "llmviz.experiments.instructions.dialogue_answer"
    answer: ClassVar[type[Answer]] = Told

    text: str
    tokens: int = 40
