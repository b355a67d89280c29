"""How several runs go on one axis of tokens read: in each panel what the model knows, above its loss."""

from typing import TypedDict


class LearningCurve(TypedDict):
    """What one run was measured at, and the lowest and highest of the runs of its recipe, empty where there are too few."""

    values: list[float]
    low: list[float]
    high: list[float]


class Known(LearningCurve):
    """A share, its name and its dash."""

    name: str
    about: str
    dash: str


class Panel(TypedDict):
    """One model: its measurements are by place in `tokens` and `steps`, those of its band in `bandTokens`; `stops` are places with weights
    kept.
    """

    name: str
    about: str
    live: bool
    chosen: bool
    tokens: list[int]
    steps: list[int]
    stops: list[int]
    runs: int
    bandTokens: list[int]
    lines: list[Known]
    loss: LearningCurve
    floor: float | None
    guess: float | None


class SmallMultiples(TypedDict):
    """`most` is the length of the axis, `axis` its name; `hidden` says why shares are not shown yet, if they are not, and `click` what a
    click does; `point` is the step that was clicked in the panel that is chosen.
    """

    axis: str
    columns: int
    click: str
    most: int
    hidden: str
    point: int | None
    panels: list[Panel]
