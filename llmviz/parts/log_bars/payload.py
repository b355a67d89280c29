"""Figures of very different size as bars on one logarithmic scale."""

from typing import TypedDict


class LogBar(TypedDict):
    """One row: what it is, and the figure, which is 0 for none and null where nobody knows it; `said` is the figure in words."""

    name: str
    about: str
    phase: str
    value: float | None
    said: str


class LogBars(TypedDict):
    """The rows, between the powers of ten `low` and `high`, and lines at some powers with their labels.

    `withheld` stands in place of the rows, if anything does.
    """

    title: str
    about: str
    below: str
    low: float
    high: float
    ticks: list[tuple[float, str]]
    bars: list[LogBar]
    withheld: str
