"""A figure of each layer of a model, as points on a scale: of one run as it learns, and of what stands beside it."""

from typing import TypedDict


class Series(TypedDict):
    """Who has these figures: by step, of each row, as a number and in words. With more than one step it follows the slider."""

    name: str
    phase: str
    mark: str
    steps: list[int]
    values: list[list[float | None]]
    told: list[list[str]]


class Level(TypedDict):
    """A figure that all rows are held against."""

    name: str
    value: float


class Layers(TypedDict):
    """The rows from the prediction down to the words, on a scale that ends at `most`; `said` is a sentence at each of the steps."""

    title: str
    about: str
    rows: list[str]
    most: float
    series: list[Series]
    levels: list[Level]
    steps: list[int]
    said: list[str]
