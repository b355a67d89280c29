"""Which kinds of entity a model takes for which, word by word, with texts to each: the payload of the confusion matrix."""

from collections.abc import Sequence
from itertools import groupby

from llmviz.core.tagging import NAMES, OUTSIDE
from llmviz.experiments.entities.question import HeldOut
from llmviz.parts.confusion.payload import ConfusedExample, Confusion
from llmviz.text import gazetteer
from llmviz.views.words import figure

SHOWN = 8  # texts to a cell
NONE = "no name"


def confusion(found: HeldOut, kinds: Sequence[str]) -> Confusion:
    """The payload for these kinds of entity, and what is none. B- and I- of a kind count as one here."""
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
        "labels": [NAMES.get(kind, kind) if kind != OUTSIDE else NONE for kind in order],
        "counts": counts,
        "examples": examples,
        "of": f"Words of {len(found.texts):,} test texts. A click on a cell shows some of them. Where a name begins and ends counts in F1, "
        "not here.",
        "noun": "word",
    }


def noise(found: HeldOut) -> str:
    """In a sentence, how much a list of names may lack that tagged these texts."""
    without, runs = gazetteer.untagged(list(zip(found.texts, found.truth, strict=True)))
    return (
        f"Their tags come from the list of titles. In {runs:,} places two words or more with capitals follow one another; it tags "
        f"nothing in {without:,} ({figure(without / max(1, runs), '%')}) of them: names that it lacks, and others, as of wars and prizes."
    )


def _kind(tag: str) -> str:
    return tag[2:] or OUTSIDE


def _bits(words: Sequence[str], marked: Sequence[bool]) -> list[tuple[str, bool]]:
    """The words in runs, with the spaces outside of those that are marked."""
    runs = [(" ".join(word for word, _ in run), mark) for mark, run in groupby(zip(words, marked, strict=True), key=lambda each: each[1])]
    last = len(runs) - 1
    return [(text if mark else f"{' ' * (place > 0)}{text}{' ' * (place < last)}", mark) for place, (text, mark) in enumerate(runs)]
