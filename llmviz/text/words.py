"""A text in words rather than tokens: what belongs to one word together, and what is left without some of them."""

from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar


class Part(Protocol):
    """A token: what was typed for it, and whether it goes on with the word before it."""

    @property
    def source(self) -> str:
        """As it was typed."""
        ...

    @property
    def joined(self) -> bool:
        """Whether it goes on with the word before."""
        ...


AnyPart = TypeVar("AnyPart", bound=Part)


def in_words(found: Sequence[AnyPart]) -> list[list[AnyPart]]:
    """The tokens of a text, those of one word together."""
    words: list[list[AnyPart]] = []
    for part in found:
        if part.joined and words:
            words[-1].append(part)
        else:
            words.append([part])
    return words


def spelt(word: Sequence[Part]) -> str:
    """A word as it was typed."""
    return "".join(part.source for part in word)


def without(words: Sequence[str], places: Collection[int]) -> str:
    """The words as a text again, those at these places left out."""
    return " ".join(word for place, word in enumerate(words) if place not in places)
