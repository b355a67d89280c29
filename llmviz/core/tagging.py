"""Tags of words in BIO, and the entities they spell (Ramshaw and Marcus 1995; as CoNLL-2003 has them since).

B- begins an entity, I- goes on with it, O is outside of all.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

OUTSIDE = "O"
# What a page calls the kinds of entity; other kinds are called as they are.
NAMES = {"PER": "person", "LOC": "place", "ORG": "organisation"}


class Entity(NamedTuple):
    """A name within a text: its kind, and its words from `begin` up to `end`."""

    kind: str
    begin: int
    end: int


def entities(tags: Sequence[str]) -> Iterator[Entity]:
    """The entities that tags spell, strictly: an I- that goes on with nothing of its kind names nothing (seqeval's strict mode, IOB2)."""
    begin, kind = 0, ""
    for place, tag in enumerate((*tags, OUTSIDE)):
        if kind and tag != f"I-{kind}":
            yield Entity(kind, begin, place)
            kind = ""
        if tag.startswith("B-"):
            begin, kind = place, tag[2:]
