"""Two parts of a text, of one document or of two: does the second go on with the first? Knows documents as sentences; knows no model.

BERT takes the second part of a negative pair from any other document (section 3.1). Here it is from one of the same kind, which in half
the pairs also tells of the same name, so that neither the subject nor the name alone gives the answer away.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np

NAME = "name"  # of the thread's variables the one that half the negative pairs share
SAME_NAME = 0.5
TRIES = 1_000  # draws before a document is taken to have no partner
Key = TypeVar("Key")


@dataclass(frozen=True)
class Document:
    """A text as sentences, and what runs through all of it: the values of its thread by their variables' names."""

    sentences: tuple[str, ...]
    thread: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> tuple[str, ...]:
        """What it is about, without which: documents of one kind have threads of the same variables."""
        return tuple(sorted(self.thread))


class Part(NamedTuple):
    """Some sentences of a document: from `begin` to before `end`."""

    document: int
    begin: int
    end: int


class Pair(NamedTuple):
    """Two parts, and whether the second goes on with the first."""

    first: Part
    second: Part
    follows: bool


class Pairs:
    """Draws pairs from documents of two sentences and more, each with another of its kind that tells of the same name and nothing else."""

    def __init__(self, documents: Sequence[Document]) -> None:
        found = [document for document in documents if len(document.sentences) > 1]
        names = _grouped(found, lambda document: (document.kind, document.thread.get(NAME)))
        alone = {
            place
            for group in names.values()
            for place in group
            if not any(other != place and _apart(found[place].thread, found[other].thread, same_name=True) for other in group)
        }
        self.documents = tuple(document for place, document in enumerate(found) if place not in alone)
        self._kinds = _grouped(self.documents, lambda document: document.kind)
        self._names = _grouped(self.documents, lambda document: (document.kind, document.thread.get(NAME)))

    def two(self, place: int, rng: np.random.Generator) -> tuple[Pair, Pair]:
        """Two pairs of which this document begins both: its own rest follows in the first, that of another in the second.

        Each document is cut after a sentence drawn evenly. Raises ValueError where there is no other document to take.
        """
        other = self._other(place, rng)
        first = Part(place, 0, self._cut(place, rng))
        own = Part(place, first.end, len(self.documents[place].sentences))
        strange = Part(other, self._cut(other, rng), len(self.documents[other].sentences))
        return Pair(first, own, True), Pair(first, strange, False)

    def text(self, part: Part) -> str:
        """The part as it is written."""
        return " ".join(self.documents[part.document].sentences[part.begin : part.end])

    def _cut(self, place: int, rng: np.random.Generator) -> int:
        return int(rng.integers(1, len(self.documents[place].sentences)))

    def _other(self, place: int, rng: np.random.Generator) -> int:
        """A document of the same kind with another thread: the name is the same in half the cases, everything else never."""
        document = self.documents[place]
        same = rng.random() < SAME_NAME
        drawn = self._names[document.kind, document.thread.get(NAME)] if same else self._kinds[document.kind]
        found = _first(drawn, lambda other: other != place and _apart(document.thread, self.documents[other].thread, same), TRIES, rng)
        if found is None:
            raise ValueError("these documents are too much alike, or too few, for pairs that do not belong together")
        return found


def _grouped(documents: Sequence[Document], key: Callable[[Document], Key]) -> dict[Key, list[int]]:
    """The places of the documents by this key."""
    groups: dict[Key, list[int]] = defaultdict(list)
    for place, document in enumerate(documents):
        groups[key(document)].append(place)
    return dict(groups)


def _first(drawn: list[int], fits: Callable[[int], bool], tries: int, rng: np.random.Generator) -> int | None:
    """The first of so many draws that fits; None where none does."""
    draws = (drawn[rng.integers(len(drawn))] for _ in range(tries))
    return next((other for other in draws if fits(other)), None)


def _apart(thread: Mapping[str, str], other: Mapping[str, str], same_name: bool) -> bool:
    return all((other[name] == value) == (same_name and name == NAME) for name, value in thread.items())
