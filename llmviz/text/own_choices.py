"""A visitor's own choices between two replies, in the order in which they were made; kept on this machine under their digest.

Every digest names one list: who takes a choice back is again at the list before it. The digest of the empty list is `NONE`.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from llmviz.text import store
from llmviz.text.tinyland.dialogues import Request

FILE = "own-choices.json"
FIRST, SECOND, TIE = 1, 2, 0
FEWEST = 10  # decided choices to learn from: eight, and two kept apart
MOST = 1_000
APART = 5  # one decided choice in so many is kept apart and never learnt from
MISSING = "these choices are not kept on this machine; make them again"


class Chosen(NamedTuple):
    """A request, two replies to it, and which was preferred: FIRST, SECOND, or TIE."""

    request: Request
    one: str
    other: str
    which: int

    @property
    def preferred(self) -> tuple[str, str]:
        """The preferred reply, and the other one."""
        return (self.one, self.other) if self.which == FIRST else (self.other, self.one)


def _written(choices: Sequence[Chosen]) -> str:
    rows = [[*request[:2], dict(request.slots), request.text, one, other, which] for request, one, other, which in choices]
    return json.dumps(rows, ensure_ascii=False)


NONE = hashlib.sha256(_written(()).encode()).hexdigest()


def digest(choices: Sequence[Chosen]) -> str:
    """The digest of these choices, under which they are kept."""
    return hashlib.sha256(_written(choices).encode()).hexdigest()


def keep(choices: Sequence[Chosen], giver: str = "") -> str:
    """Keep these choices on this machine; their digest. Raises ValueError, in a sentence, where they are too many, or there is no place."""
    if len(choices) > MOST:
        raise ValueError(f"at most {MOST:,} choices are kept")
    found = store.keep_own(FILE, _written(choices), giver)
    read(found)
    return found


def read(digest: str) -> tuple[Chosen, ...]:
    """The choices of this digest. Raises ValueError, in a sentence, where this machine does not keep them."""
    if digest == NONE:
        return ()
    rows = json.loads(store.read_own(digest, FILE, MISSING))
    return tuple(Chosen(Request(kind, wording, slots, text), one, other, which) for kind, wording, slots, text, one, other, which in rows)


def decided(choices: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """Those in which one of the two was preferred."""
    return tuple(choice for choice in choices if choice.which != TIE)


def learnt(choices: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """The decided choices that are learnt from: all but every fifth."""
    return tuple(choice for place, choice in enumerate(decided(choices), start=1) if place % APART)


def apart(choices: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """The decided choices that are kept apart: every fifth."""
    return decided(choices)[APART - 1 :: APART]


def missing(choices: Sequence[Chosen]) -> str:
    """What these choices lack to be learnt from, in a sentence; "" where nothing."""
    made = len(decided(choices))
    if made >= FEWEST:
        return ""
    so_far = {0: "none", 1: "1 choice"}.get(made, f"{made} choices")
    ties = len(choices) - made
    return (
        f"to train takes {FEWEST} choices; so far there {'are' if made > 1 else 'is'} {so_far}{', and ties teach nothing' if ties else ''}"
    )
