"""What can be asked of a model that tags words: a visitor's text; and the form of its answer on texts that no training has seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question
from llmviz.core.tagging import Entity, entities, named


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

    answered_by: ClassVar[str] = "llmviz.inspect.tagging"
    answer: ClassVar[type[Answer]] = Tagging

    text: str


@dataclass(frozen=True)
class TagWords(Question[Tagging]):
    """A text whose words are divided already, as those of a tagged text are: a word may hold punctuation. Refused as `Tag` is."""

    answered_by: ClassVar[str] = "llmviz.inspect.tagging"
    answer: ClassVar[type[Answer]] = Tagging

    words: tuple[str, ...]


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


def outcomes(tagging: Tagging, _: tuple[int, ...] = ()) -> list[tuple[str, float]]:
    """The names found in a sentence, each with how sure the model is of its least certain word, the surest first."""
    found = [(f"{' '.join(tagging.words[one.begin : one.end])}: {named(one.kind)}", sure) for one, sure in tagging.found()]
    return sorted(found, key=lambda each: -each[1])
