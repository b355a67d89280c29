"""What became of one word: its pieces, and the way in which an algorithm came to them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Merge:
    """A step of BPE: the merge of this rank, counted from 0, was made wherever its pair stood; `pieces` are what was left."""

    rank: int
    left: str
    right: str
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Try:
    """A step of WordPiece: a piece was looked up; `place` is the letter of the word it begins at."""

    place: int
    piece: str
    found: bool


@dataclass(frozen=True)
class Way:
    """A way of Unigram to cut a word, and ln of its probability: the sum over its pieces."""

    pieces: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class Word:
    """A stretch of text that is cut by itself, in the letters of its algorithm.

    `ids` are those of the pieces. Of the last three one is filled, by the algorithm: the merges in order, the look-ups in order, the
    likeliest ways with the best one first.
    """

    source: str
    pieces: tuple[str, ...]
    ids: tuple[int, ...]
    merges: tuple[Merge, ...] = ()
    tries: tuple[Try, ...] = ()
    ways: tuple[Way, ...] = ()
