"""BPE: a word is its letters, and pairs that were merged in learning are merged again, in the same order. Knows ranks; knows no text."""

from collections.abc import Iterator, Mapping, Sequence
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
        for rank in _order(word, ranks):
            counts[rank] += count
    return counts


def _order(word: str, ranks: Ranks) -> Iterator[int]:
    """The rank of every merge that `merges` makes, once for each place. It keeps the ranks of neighbours rather than to look all up again:
    of a script without spaces a word has 120 bytes, and a million letters take 4 s, not 170.
    """
    pieces, never = list(word), len(ranks)
    found = [ranks.get(pair, never) for pair in pairwise(pieces)]
    while found and (rank := min(found)) < never:
        place = found.index(rank)
        while place >= 0:
            yield rank
            joined = pieces[place] + pieces[place + 1]
            pieces[place : place + 2] = [joined]
            del found[place]
            if place:
                found[place - 1] = ranks.get((pieces[place - 1], joined), never)
            if place < len(found):
                found[place] = ranks.get((joined, pieces[place + 1]), never)
            place = found.index(rank, place) if rank in found[place:] else -1
