"""What can be asked of a model that is to do what it is told: a reply to a request, replies to held-out requests, losses of a dialogue."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

LEARNT, SUBJECT, WORDING, KIND = "learnt", "subject", "wording", "kind"  # what of a request was in training: all, or all but this
LIKELIEST = 0  # in place of a seed


@dataclass(frozen=True)
class Replied(Answer):
    """What one snapshot writes after a request: n tokens.

    Attributes:
        step: training steps behind the snapshot.
        words: (n,) the tokens, the end among them.
        chances: (n,) float32, the probability of each after those before it.
        ended: whether the text ends, or was cut off.
    """

    words: tuple[str, ...]
    chances: npt.NDArray[np.float32]
    ended: bool

    @property
    def text(self) -> str:
        """The words without the end."""
        return " ".join(self.words[:-1] if self.ended else self.words)


@dataclass(frozen=True)
class ReplyTo(Question[Replied]):
    """A request. Its reply is written with the likeliest token each time, or drawn by the random numbers of a `seed` that is not 0."""

    answered_by: ClassVar[str] = "llmviz.experiments.instructions.answer"
    answer: ClassVar[type[Answer]] = Replied

    text: str
    seed: int = LIKELIEST


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
