"""One text tagged by several models: the payload of its rows, one for each model; and what a text is in truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from llmviz.core.tagging import NAMES, OUTSIDE
from llmviz.experiments.entities.question import Tagging
from llmviz.parts.tagged import payload as parts
from llmviz.parts.tagged.payload import Tagged
from llmviz.text.tinyland import news
from llmviz.views.sides import Side


@dataclass(frozen=True)
class Row:
    """One model before a text: who it is, and by step how it tags the words."""

    side: Side
    taggings: Mapping[int, Tagging] = field(default_factory=dict)


def rows(words: Sequence[str], tags: Sequence[str], shown: Sequence[Row], truth: Sequence[str], note: str) -> Tagged:
    """The payload of the rows. `truth` has the true tag of each word, where it is known."""
    kinds = dict.fromkeys(tag[2:] for tag in tags if tag != OUTSIDE)
    return {
        "words": list(words),
        "tags": list(tags),
        "names": {kind: NAMES.get(kind, kind) for kind in kinds},
        "rows": [_row(row) for row in shown],
        "truth": list(truth),
        "note": note,
    }


def _row(row: Row) -> parts.TaggedRow:
    side = row.side.written(row.taggings)
    return {**side, "probability": [row.taggings[step].probability.round(3).tolist() for step in side["steps"]]}


def truth(words: Sequence[str]) -> tuple[str, ...]:
    """The tags of a text as the grammar of Tinyland's news tells them; () for a text that it does not tell."""
    readings = news.readings(tuple(words)) if words and words[-1] == "." else ()
    return readings[0] if len(readings) == 1 else ()
