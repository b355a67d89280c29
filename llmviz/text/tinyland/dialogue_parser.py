"""Which request a text is: the grammar of dialogues, read backwards. A page tells by it whether a visitor's request has a rule."""

import re
from functools import cache

from llmviz.text.tinyland.dialogues import KINDS, Request

_SLOT = re.compile(r"\\\{(\w+)\\\}")  # as it stands in an escaped wording


def parsed(text: str) -> Request | None:
    """The request that these words are, of whatever kind; None for any other text.

    Words and marks stand apart, and names have their capitals, as a tokenizer spells them.
    """
    for name, wording, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found and _fills(name, slots := found.groupdict()):
            return Request(name, wording, slots, text)
    return None


def begins_with_request(text: str) -> bool:
    """Whether the first sentence of a text is a request."""
    words = text.split()
    end = next((place for place, word in enumerate(words) if word in (".", "?")), len(words))
    return parsed(" ".join(words[: end + 1])) is not None


def _fills(name: str, slots: dict[str, str]) -> bool:
    """Whether a request of this kind may say this."""
    kind = KINDS[name]
    return slots["subject"] in kind.subjects and all(slots[slot] in values for slot, values in kind.other.items())


@cache
def _patterns() -> tuple[tuple[str, int, re.Pattern[str]], ...]:
    """Every wording as a pattern, its slots as groups."""
    return tuple(
        (name, wording, re.compile(_SLOT.sub(r"(?P<\1>\\S+)", re.escape(said))))
        for name, kind in KINDS.items()
        for wording, said in enumerate(kind.wordings)
    )
