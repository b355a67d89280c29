"""One sentence in the pieces of several vocabularies, and how each piece came to be."""

from typing import TypedDict


class Bit(TypedDict):
    """A piece of a step, and what was done to it."""

    text: str
    tone: str


class Move(TypedDict):
    """One step of a derivation, and whether it is the one that was picked of several."""

    cells: list[Bit]
    said: str
    picked: bool


class Entry(TypedDict):
    """A piece of the vocabulary: its mark, its text, and what is said of it."""

    mark: str
    text: str
    known: bool
    head: str
    steps: list[Move]


class Cut(TypedDict):
    """A word in pieces, which are places of entries. A word of BPE has one state more than it has ranks of merges: the first is its
    letters.
    """

    fresh: bool
    pieces: list[int]
    ranks: list[int]
    states: list[list[int]]
    how: str
    steps: list[Move]


class Vocabulary(TypedDict):
    """The sentence in the pieces of one vocabulary; `waits` is what stands there until it has been learnt."""

    kind: str
    name: str
    about: str
    mark: str
    waits: str
    entries: list[Entry]
    words: list[Cut]


class Merges(TypedDict):
    """The merges that the sentence takes, by rank, and what is said of each; `total`, how many the vocabulary has."""

    ranks: list[int]
    said: list[str]
    total: int


class Pieces(TypedDict):
    """The sentence in all vocabularies."""

    note: str
    rows: list[Vocabulary]
    merges: Merges | None
