"""Curves in one chart, each named at its end."""

from typing import NotRequired, TypedDict


class Curve(TypedDict):
    """One of them: the phase whose colour it has, empty for that of the text; the dash that tells it from others; its points; and the
    lowest and highest values at them, where it has a band.
    """

    name: str
    phase: str
    dash: str
    steps: list[int]
    values: list[float]
    low: NotRequired[list[float]]
    high: NotRequired[list[float]]


class Bound(TypedDict):
    """A value that the curves are measured against."""

    name: str
    value: float


class Curves(TypedDict):
    """`kind` names the chart; `unit` is what the axis counts, `ticks` where it says so, as a logarithm with `log`; `marked` is a place on
    it at which the curves are named, None for their ends; `low` is the lowest value; `share`, whether values are shares. Where there are no
    curves, `empty` is said.
    """

    kind: str
    title: str
    about: str
    empty: str
    unit: str
    total: int
    ticks: list[int]
    log: bool
    marked: int | None
    low: float
    share: bool
    lines: list[Curve]
    bounds: list[Bound]
