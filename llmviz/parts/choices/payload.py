"""The choices for one token: its candidates, before and after each filter that is on, and where the draw fell."""

from typing import TypedDict


class Candidate(TypedDict):
    """A token, its probability after each filter, and where its share of the draw begins."""

    word: str
    id: int
    chances: list[float]
    start: float


class Choice(TypedDict):
    """What could stand at a place: `before` are the ids of the way there, `picked` the candidate that was taken, -1 for none yet, `left`
    how many could be drawn, `draw` where the draw fell, `chosen` whether a visitor took it.
    """

    before: list[int]
    candidates: list[Candidate]
    others: list[float]
    picked: int
    left: int
    draw: float
    chosen: bool


class Choices(TypedDict):
    """`open`, whether the token is not drawn yet; by step its choice, None where the text has ended before."""

    steps: list[int]
    at: int
    open: bool
    filters: list[str]
    empty: str
    places: list[Choice | None]
