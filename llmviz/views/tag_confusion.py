"""Which kinds of entity a model takes for which, word by word, with texts to each: the payload of the confusion matrix."""

from collections.abc import Sequence
from itertools import groupby

from llmviz.core.questions.tagging import HeldOut
from llmviz.core.tagging import OUTSIDE, named
from llmviz.parts.confusion.payload import ConfusedExample, Confusion

SHOWN = 8  # texts to a cell


def confusion(found: HeldOut, kinds: Sequence[str], noun: str) -> Confusion:
    """The payload for these kinds of entity, a `noun` each, and what is none. B- and I- of a kind count as one here."""
    order = [*kinds, OUTSIDE]
    counts = [[0] * len(order) for _ in order]
    examples: list[list[list[ConfusedExample]]] = [[[] for _ in order] for _ in order]
    for words, truth, told in zip(found.texts, found.truth, found.found, strict=True):
        cells = [(order.index(_kind(true)), order.index(_kind(given))) for true, given in zip(truth, told, strict=True)]
        for row, column in cells:
            counts[row][column] += 1
        for row, column in dict.fromkeys(cells):
            if len(examples[row][column]) < SHOWN:
                examples[row][column].append({"bits": _bits(words, [cell == (row, column) for cell in cells])})
    return {
        "labels": [named(kind) if kind != OUTSIDE else f"no {noun}" for kind in order],
        "counts": counts,
        "examples": examples,
        "of": f"Words of {len(found.texts):,} test texts. A click on a cell shows some of them. Where a {noun} begins and ends counts in "
        "F1, not here.",
        "noun": "word",
    }


def _kind(tag: str) -> str:
    return tag[2:] or OUTSIDE


def _bits(words: Sequence[str], marked: Sequence[bool]) -> list[tuple[str, bool]]:
    """The words in runs, with the spaces outside of those that are marked."""
    runs = [(" ".join(word for word, _ in run), mark) for mark, run in groupby(zip(words, marked, strict=True), key=lambda each: each[1])]
    last = len(runs) - 1
    return [(text if mark else f"{' ' * (place > 0)}{text}{' ' * (place < last)}", mark) for place, (text, mark) in enumerate(runs)]
