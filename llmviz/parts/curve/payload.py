"""The live curve of a run: its headline between its lines, probes below, and the slider on the same axis of steps."""

from typing import NotRequired, TypedDict


class Points(TypedDict):
    """A line: the steps at which it was measured, and what was."""

    steps: list[int]
    values: list[float]


class Headline(Points):
    """The figure that the run is about, and whether it is a share."""

    name: str
    share: bool


class Probe(Points):
    """A share measured on the way; the phase whose colour it has, where it is not that of the curve."""

    name: str
    about: str
    dash: str
    phase: NotRequired[str]


class Level(TypedDict):
    """A value that lines are measured against, and what is said of it."""

    name: str
    about: str
    value: float


class LiveCurve(TypedDict):
    """Where the headline `fits`, the axis spans its values, also below 0; else it ends above the lines. `small`: the headline alone;
    `shares`: the probes alone. `total` is the length of the axis, `terms` are words of the glossary in `about`.
    """

    phase: str
    about: str
    fits: bool
    total: int
    live: bool
    empty: str
    snapshots: list[int]
    headline: Headline
    batches: Points
    lines: list[Level]
    probes: list[Probe]
    ceilings: list[Level]
    terms: NotRequired[dict[str, str]]
    small: NotRequired[bool]
    shares: NotRequired[bool]
