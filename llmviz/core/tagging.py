"""Tags of words in BIO, and the entities they spell (Ramshaw and Marcus 1995; as CoNLL-2003 has them since).

B- begins an entity, I- goes on with it, O is outside of all.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

OUTSIDE = "O"
# What a page calls the kinds of entity; other kinds are called as they are.
NAMES = {"PER": "person", "LOC": "place", "ORG": "organisation"}
# The slots of requests, by what they are about: there are more of them than colours that can be told apart.
SLOTS = {
    "where": ("area", "floor"),
    "what": ("name", "device_class", "media_class", "search_query"),
    "how much": (
        *("hours", "minutes", "seconds", "start_hours", "start_minutes", "start_seconds"),
        *("temperature", "brightness", "percentage", "position", "volume_level", "volume_step"),
    ),
    "how": ("state", "fan_mode", "color", "conversation_command"),
}


def named(kind: str) -> str:
    """What a page calls a kind of entity."""
    return NAMES.get(kind, kind.replace("_", " "))


def tags_words(names: Sequence[str]) -> bool:
    """Whether these are the tags of words, and not the classes of whole texts, one of which may well be called O."""
    return OUTSIDE in names and len(names) > 1 and all(name[:2] in ("B-", "I-") for name in names if name != OUTSIDE)


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
