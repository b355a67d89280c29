"""One passage and question before several models: the payload of their rows, and the true answer where it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from llmviz.core.lesson import Example
from llmviz.experiments.question_answering.question import Found
from llmviz.parts.tagged import payload as parts
from llmviz.parts.tagged.payload import Span, Tagged
from llmviz.views.sides import Side

NONE = "no answer"


@dataclass(frozen=True)
class Row:
    """One model before a question: who it is, and by step where it finds the answer."""

    side: Side
    found: Mapping[int, Found] = field(default_factory=dict)


def rows(words: Sequence[str], shown: Sequence[Row], truth: Sequence[Span] | None, note: str) -> Tagged:
    """The payload of the rows. `truth` is the true answer as spans, none or one, where it is known."""
    return {
        "words": list(words),
        "labels": ["begins", "ends"],
        "kinds": ["answer"],
        "rows": [_row(row, truth) for row in shown],
        "truth": None if truth is None else list(truth),
        "note": note,
    }


def _row(row: Row, truth: Sequence[Span] | None) -> parts.TaggedRow:
    side = row.side.written(row.found)
    found = [row.found[step] for step in side["steps"]]
    return {
        **side,
        "probability": [np.stack([each.start[1:], each.end[1:]], -1).round(4).tolist() for each in found],
        "strength": [_inside(each)[:, None].round(3).tolist() for each in found],
        "spans": [_spans(each) for each in found],
        "score": [_score(each, truth) for each in found],
    }


def _inside(found: Found) -> np.ndarray:
    """How likely each word lies within the answer: it began there or before, and ends there or behind."""
    inside: np.ndarray = np.cumsum(found.start[1:]) * np.cumsum(found.end[:0:-1])[::-1]
    return inside


def _spans(found: Found) -> list[Span]:
    return [(0, found.span[0], found.span[1])] if found.span else []


def _score(found: Found, truth: Sequence[Span] | None) -> str:
    """The answer with its probability, and whether it is right where that is known."""
    sure = found.probability if found.span else found.none
    mark = "" if truth is None else " ✓" if _spans(found) == list(truth) else " ✗"
    return f"{found.answer or NONE} {sure:.0%}{mark}"


def truth(examples: Sequence[Example], passage: str, question: str) -> list[Span] | None:
    """The true answer of a suggested pair, as spans of words, none or one; None for any other pair."""
    own = next((each for each in examples if (each.sentence, each.second) == (passage, question)), None)
    if own is None:
        return None
    words, answer = passage.split(), own.truth.split()
    places = [place for place in range(len(words)) if answer and words[place : place + len(answer)] == answer]
    return [(0, place, place + len(answer)) for place in places[:1]]
