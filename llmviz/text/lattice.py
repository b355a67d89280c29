"""Unigram: of all ways to cut a word, the one whose pieces are together the likeliest. Knows the pieces' probabilities; knows no text."""

import heapq
from collections.abc import Mapping

from llmviz.core.cut import Way

UNKNOWN = 10.0  # nats by which a letter that is no piece lies below the least likely piece, as in SentencePiece


def ways(word: str, scores: Mapping[str, float], most: int = 1) -> tuple[Way, ...]:
    """The likeliest ways to cut the word, at most so many, the best first (Viterbi, with the best few kept at each letter).

    A letter that is no piece stands for itself. Of equally likely ways one with a longer last piece comes first.
    """
    longest = max(map(len, scores), default=1)
    unknown = min(scores.values(), default=0.0) - UNKNOWN
    best: list[list[Way]] = [[Way((), 0.0)]]
    for end in range(1, len(word) + 1):
        found = list[Way]()
        for start in range(max(0, end - longest), end):
            piece = word[start:end]
            score = scores.get(piece, unknown if end - start == 1 else None)
            if score is not None:
                found.extend(Way((*way.pieces, piece), way.score + score) for way in best[start])
        best.append(heapq.nlargest(most, found, key=lambda way: way.score))
    return tuple(best[-1])


def fused(pieces: tuple[str, ...], scores: Mapping[str, float]) -> tuple[str, ...]:
    """The pieces, with unknown letters that stand side by side made one unknown stretch."""
    joined = list[str]()
    before = False
    for piece in pieces:
        unknown = piece not in scores
        if unknown and before:
            joined[-1] += piece
        else:
            joined.append(piece)
        before = unknown
    return tuple(joined)
