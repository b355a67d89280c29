"""What can be asked of a model that tags words: a visitor's text, and texts that no training has seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question
from llmviz.core.tagging import Entity, entities


@dataclass(frozen=True)
class Tagging(Answer):
    """The tags that one snapshot gives the n words of a text.

    Attributes:
        step: training steps behind the snapshot.
        words: the n words, as they were typed.
        tags: the names of the tags, in the order of the head.
        probability: (n, tags) float32, rows sum to 1.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    probability: npt.NDArray[np.float32]

    @property
    def likeliest(self) -> tuple[str, ...]:
        """The likeliest tag of each word."""
        return tuple(self.tags[place] for place in self.probability.argmax(-1))

    def found(self) -> Iterator[tuple[Entity, float]]:
        """The entities that the likeliest tags spell, each with the probability of its least certain tag."""
        for entity in entities(self.likeliest):
            yield entity, float(self.probability[entity.begin : entity.end].max(-1).min())


@dataclass(frozen=True)
class Tag(Question[Tagging]):
    """A text whose words are to be tagged. Answered by runs whose model has a head over tags; others refuse, in a sentence."""

    answered_by: ClassVar[str] = "llmviz.experiments.entities.answer"
    answer: ClassVar[type[Answer]] = Tagging

    text: str


@dataclass(frozen=True)
class HeldOut(Answer):
    """How one snapshot tags texts that no training has seen.

    Attributes:
        step: training steps behind the snapshot.
        texts: the words of each, the same for every snapshot.
        truth: the true tag of each word.
        found: the likeliest one; O for a word beyond what the model reads.
    """

    texts: tuple[tuple[str, ...], ...]
    truth: tuple[tuple[str, ...], ...]
    found: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class TagHeldOut(Question[HeldOut]):
    """Tag the first `count` test texts of a tagged text, named as in `core.texts`."""

    answered_by: ClassVar[str] = "llmviz.experiments.entities.held_out_answer"
    answer: ClassVar[type[Answer]] = HeldOut

    text: str
    count: int = 1_000
