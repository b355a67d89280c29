"""BPE: a word is its letters, and pairs that were merged in learning are merged again, in the same order. Knows ranks; knows no text."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from llmviz.core.cut import Merge

Ranks = Mapping[tuple[str, str], int]


def merges(letters: Sequence[str], ranks: Ranks) -> tuple[Merge, ...]:
    """The merges that a word goes through; what is left after the last are its pieces."""
    pieces, made = tuple(letters), list[Merge]()
    while True:
        pairs = [pair for pair in pairwise(pieces) if pair in ranks]
        if not pairs:
            return tuple(made)
        left, right = first = min(pairs, key=ranks.__getitem__)
        pieces = merged(pieces, left, right)
        made.append(Merge(ranks[first], left, right, pieces))


def merged(pieces: Sequence[str], left: str, right: str) -> tuple[str, ...]:
    """The pieces with this pair made one wherever it stands, from left to right: of three alike the first two."""
    joined, place = list[str](), 0
    while place < len(pieces):
        pair = tuple(pieces[place : place + 2]) == (left, right)
        joined.append(left + right if pair else pieces[place])
        place += 2 if pair else 1
    return tuple(joined)


def tallies(words: Mapping[str, int], ranks: Ranks) -> list[int]:
    """How often the pair of each rank stood there when it was merged, in words that occur so often."""
    counts = [0] * len(ranks)
    for word, count in words.items():
        length = len(word)
        for merge in merges(word, ranks):
            counts[merge.rank] += count * (length - len(merge.pieces))
            length = len(merge.pieces)
    return counts
