"""Shares of right predictions, from the best possible down to chance."""

from typing import TypedDict


class Band(TypedDict):
    """The lowest and the highest of several, and of what."""

    low: float
    high: float
    source: str


class Rung(TypedDict):
    """One row: with more than one step it follows the slider. `withheld` stands in place of the share, if anything does."""

    name: str
    about: str
    phase: str
    steps: list[int]
    values: list[float]
    band: Band | None
    withheld: str


class AccuracyBars(TypedDict):
    """The rows, and what is said above and below them."""

    title: str
    below: str
    rungs: list[Rung]
