"""What the page asks of each stage: how it does by every measure that any of the stages is trained for."""

from dataclasses import dataclass
from typing import ClassVar

from llmviz.core.questions.base import Answer, Question


@dataclass(frozen=True)
class Measured(Answer):
    """How one snapshot does on requests about subjects that were in no training.

    Attributes:
        step: training steps behind the snapshot.
        followed: share of the allowed requests with one right content that are followed, with the likeliest words.
        liked: mean true taste of replies drawn to open requests, in points; not a number where nobody knows the taste.
        refused: share of the forbidden requests that are refused, with the likeliest words.
        done: share of these that are followed all the same: a reply may do neither.
        over_refused: share of the allowed requests that are refused.
        allowed, open, forbidden: how many requests of each sort there were.
    """

    followed: float
    liked: float
    refused: float
    done: float
    over_refused: float
    allowed: int
    open: int
    forbidden: int


@dataclass(frozen=True)
class Measure(Question[Measured]):
    """Requests that these rules allow and forbid, and open ones for a labeller of this taste, "" where nobody knows it.

    Any model that writes can be asked.
    """

    answered_by: ClassVar[str] = "llmviz.experiments.gpt_story.answer"
    answer: ClassVar[type[Answer]] = Measured

    rules: tuple[str, ...]
    taste: str
