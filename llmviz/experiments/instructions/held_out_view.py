"""Which held-out requests are followed: a table of kinds, and in words what was learnt for subjects, wordings and kinds. Pure."""

from collections.abc import Sequence

from llmviz.experiments.instructions.question import KIND, LEARNT, SUBJECT, WORDING, Examined
from llmviz.parts.outcomes.payload import Example, Line, Outcome, Outcomes
from llmviz.text.tinyland.dialogues import HELD_KINDS, KINDS
from llmviz.text.tinyland.dialogues import LEARNT as LEARNT_KINDS

COLUMNS = {LEARNT: "as in training", SUBJECT: "unseen subject", WORDING: "unseen subject, unseen wording"}
CLEAR = 0.2  # of the shares; of some forty requests each, two shares that are equal differ by more once in twenty times


def outcomes(found: Examined) -> Outcomes:
    """The payload: a row for each kind, a column for what was never in training; of kinds never trained nothing was."""
    return {
        "columns": list(COLUMNS.values()),
        "groups": [
            {"title": "", "lines": [_line(found, kind, tuple(COLUMNS)) for kind in LEARNT_KINDS]},
            {"title": "kinds that were never in training", "lines": [_line(found, kind, (KIND,)) for kind in HELD_KINDS]},
        ],
        "corner": "kind of request",
        "of": "Replies with the likeliest word each time that do what is asked, by the rule of the kind. A click on a cell shows them.",
        "noun": "request",
        "good": "does what is asked",
        "bad": "not followed",
    }


def _line(found: Examined, kind: str, conditions: Sequence[str]) -> Line:
    return {"name": KINDS[kind].title, "cells": [_outcome(found, _places(found, (unseen,), kind)) for unseen in conditions]}


def _outcome(found: Examined, places: Sequence[int]) -> Outcome:
    examples: list[Example] = [
        {"asked": found.requests[place], "said": found.replies[place], "lacks": found.lacks[place]}
        for place in sorted(places, key=lambda place: not found.lacks[place])
    ]
    return {"good": sum(not example["lacks"] for example in examples), "count": len(places), "examples": examples}


def _places(found: Examined, conditions: Sequence[str], kind: str = "") -> list[int]:
    both = zip(found.unseen, found.kinds, strict=True)
    return [place for place, (unseen, own) in enumerate(both) if unseen in conditions and kind in ("", own)]


def told(found: Examined) -> str:
    """What was learnt for subjects, wordings and kinds, each with its figure."""
    (seen, learnt), (about, subjects), (put, wordings), (other, kinds) = (
        _followed(found, unseen) for unseen in (LEARNT, SUBJECT, WORDING, KIND)
    )
    said = (
        f"It follows {seen} of {learnt} requests as in training, {about} of {subjects} about unseen subjects, {put} of {wordings} "
        f"about such in an unseen wording, and {other} of {kinds} of other kinds."
    )
    return " ".join(filter(None, (said, _weakest(found), _lesson(about / subjects, other / kinds))))


def _followed(found: Examined, unseen: str, kind: str = "") -> tuple[int, int]:
    places = _places(found, (unseen,), kind)
    return sum(not found.lacks[place] for place in places), len(places)


def _weakest(found: Examined) -> str:
    """The kind it learnt that is followed least about unseen subjects, where that is less than half of its requests."""
    counts = {kind: _followed(found, SUBJECT, kind) for kind in LEARNT_KINDS}
    kind = min(counts, key=lambda kind: counts[kind][0] / counts[kind][1])
    good, count = counts[kind]
    known, learnt = _followed(found, LEARNT, kind)
    if good / count >= 0.5 or known / learnt < 0.5:
        return ""
    return f"Least of what it learnt: {KINDS[kind].title}, {good} of {count} about unseen subjects and {known} of {learnt} as in training."


def _lesson(known: float, other: float) -> str:
    """What the figures say of kinds that were never trained; nothing where hardly a request is followed."""
    if known < CLEAR:
        return ""
    if known - other > CLEAR:
        return (
            f"So it has learnt to reply to requests of these {len(LEARNT_KINDS)} kinds, about subjects that are in none of its dialogues. "
            "To do whatever is asked it has not learnt: at this size, and from so few kinds, that does not come with it."
        )
    return "Here kinds that were never trained are followed about as often."
