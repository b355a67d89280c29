"""Replies with the reward of each, and of each of its beginnings."""

from typing import TypedDict


class Rewarded(TypedDict):
    """A reply: what it is called, its tokens, and by step the reward after each number of them, that of the whole reply last.

    `taste` is what is truly thought of it, null where nobody knows or it is not to be seen; `marks` are by step what is said beside that.
    """

    name: str
    tokens: list[str]
    rewards: list[list[float]]
    taste: float | None
    marks: list[str]


class Rewards(TypedDict):
    """The replies, the visitor's own first. `judged`, whether the taste has a column; `empty` stands where no step is known."""

    title: str
    steps: list[int]
    rows: list[Rewarded]
    judged: bool
    empty: str
    note: str
