"""Figures above and below zero, as bars to the right and to the left."""

from typing import TypedDict


class SignedBar(TypedDict):
    """A row: its name, what is said of it to who points at it, and its figure by step."""

    name: str
    about: str
    values: list[float]


class SignedBars(TypedDict):
    """The rows, at each step the `most` that move farthest up and as many that move farthest down, or all where `most` is 0.

    `left` and `right` say what the sides mean. `phase` is the stage of the model whose colour they have.
    """

    title: str
    about: str
    steps: list[int]
    bars: list[SignedBar]
    most: int
    left: str
    right: str
    phase: str
    empty: str
