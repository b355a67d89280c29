"""Requests, and what two models reply to each: one as it was at the start, the other at the chosen step; each word with what it earns."""

from typing import TypedDict


class Reply(TypedDict):
    """Its words, each with the points it earns or loses; and what the whole comes to."""

    words: list[tuple[str, float]]
    figures: str


class Sample(TypedDict):
    """A request, the reply of the start, and by step that of the policy."""

    request: str
    before: Reply
    after: list[Reply]


class Samples(TypedDict):
    """`before` and `after` head the two columns; `earns` says whose points those of a word are, and `most` how many have the full colour;
    `notes` are by step. Where there are no steps, `empty` is said.
    """

    steps: list[int]
    rows: list[Sample]
    before: str
    after: str
    earns: str
    most: float
    notes: list[str]
    empty: str
