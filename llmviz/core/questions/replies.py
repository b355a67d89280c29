"""A request or several, and what each snapshot of a causal language model writes after them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

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

    answered_by: ClassVar[str] = "llmviz.inspect.replies"
    answer: ClassVar[type[Answer]] = Replied

    text: str
    seed: int = LIKELIEST


@dataclass(frozen=True)
class Sampled(Answer):
    """What one snapshot replies to each request, words divided by spaces."""

    replies: tuple[str, ...]


@dataclass(frozen=True)
class Sample(Question[Sampled]):
    """Requests, each of which gets a reply that is drawn; the same number draws alike at every snapshot, and at every run."""

    answered_by: ClassVar[str] = "llmviz.evaluation.drawn_replies"
    answer: ClassVar[type[Answer]] = Sampled

    requests: tuple[str, ...]
    draw: int = 0
