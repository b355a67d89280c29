"""One text tagged by several models: the payload of its rows, one for each model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from llmviz.core.questions.tagging import Tagging
from llmviz.core.tagging import OUTSIDE, entities, named
from llmviz.parts.tagged import payload as parts
from llmviz.parts.tagged.payload import Span, Tagged
from llmviz.views.sides import Side

CARRIES = "Of a word in pieces the first, underlined, carries the tag."


@dataclass(frozen=True)
class Row:
    """One model before a text: who it is, and by step how it tags the words."""

    side: Side
    taggings: Mapping[int, Tagging] = field(default_factory=dict)


def rows(
    words: Sequence[str],
    tags: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    shown: Sequence[Row],
    truth: Sequence[str],
    note: str,
    sources: Sequence[str] = (),
) -> Tagged:
    """The payload of the rows. Kinds of one of the `groups` share a colour; without groups each has its own.

    `truth` has the true tag of each word, where it is known; `sources` are the tokens as they were typed, where a tokenizer is there.
    """
    kinds = list(dict.fromkeys(tag[2:] for tag in tags if tag != OUTSIDE))
    groups = groups or {named(kind): (kind,) for kind in kinds}
    known = _spans(truth, kinds) if truth else None
    divided = pieces(words, sources)
    drawn: Tagged = {
        "words": list(words),
        "labels": list(tags),
        "kinds": [named(kind) for kind in kinds],
        "rows": [_row(row, kinds, known) for row in shown],
        "truth": known,
        "note": " ".join(filter(None, (note, CARRIES if divided else ""))),
        "colours": [next(place for place, group in enumerate(groups.values()) if kind in group) for kind in kinds],
        "legend": list(groups),
    }
    return {**drawn, "pieces": divided} if divided else drawn


def pieces(words: Sequence[str], sources: Sequence[str]) -> list[list[str]]:
    """Of each word its pieces, as they were typed; [] where each is one piece, or where these are not the tokens of these words."""
    divided, rest = list[list[str]](), iter(sources)
    for word in words:
        of_word = [next(rest, "")]
        while len(whole := "".join(of_word)) < len(word) and (more := next(rest, "")):
            of_word.append(more)
        if whole != word:
            return []
        divided.append(of_word)
    return divided if any(len(of_word) > 1 for of_word in divided) else []


def _row(row: Row, kinds: Sequence[str], truth: Sequence[Span] | None) -> parts.TaggedRow:
    side = row.side.written(row.taggings)
    found = [row.taggings[step] for step in side["steps"]]
    spans = [_spans(tagging.likeliest, kinds) for tagging in found]
    return {
        **side,
        "probability": [tagging.probability.round(4).tolist() for tagging in found],
        "strength": [_strength(tagging, kinds) for tagging in found],
        "spans": spans,
        "score": [_score(each, truth) for each in spans],
    }


def _spans(tags: Sequence[str], kinds: Sequence[str]) -> list[Span]:
    return [(kinds.index(one.kind), one.begin, one.end) for one in entities(tags)]


def _strength(tagging: Tagging, kinds: Sequence[str]) -> list[list[float]]:
    """How much likelier than by chance each word is of each kind, 0 … 1: a model that cannot tell has no colour."""
    columns = [[place for place, tag in enumerate(tagging.tags) if tag[2:] == kind] for kind in kinds]
    shares = np.stack([tagging.probability[:, column].sum(-1) for column in columns], -1)  # (n, kinds)
    chance = 1 / (len(kinds) + 1)
    strength: list[list[float]] = ((shares - chance) / (1 - chance)).clip(0, 1).round(3).tolist()
    return strength


def _score(found: Sequence[Span], truth: Sequence[Span] | None) -> str:
    """How many of them were found, where the truth is known."""
    if truth is None:
        return f"{len(found)} found"
    hits = sum(span in truth for span in found)
    wrong = len(found) - hits
    return f"{hits} of {len(truth)} right" + (f", {wrong} wrong" if wrong else "")
