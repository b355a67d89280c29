"""One exercise: what the model reads, what it must say where, and at the chosen share of its training what it says."""

from typing import NotRequired, TypedDict


class Option(TypedDict):
    """A value to choose, and its name."""

    value: str
    title: str


class Control(TypedDict):
    """What can be set: one of the choices, or where there are none a number from `low` to `high`."""

    name: str
    label: str
    value: float | str
    low: NotRequired[float]
    high: NotRequired[float]
    step: NotRequired[float]
    percent: NotRequired[bool]
    choices: list[Option]


class Asked(TypedDict):
    """What is to be said there, and the number of the target, -1 where no loss is taken."""

    text: str
    target: int


class Cell(TypedDict):
    """A token that is read: what was done to it, a tag beside it, its part, and what is to be said there."""

    text: str
    sort: str
    tag: str
    part: int
    says: list[Asked]


class Lane(TypedDict):
    """`steps` are percent of training, and by them trained (steps), losses, chances and right by target, and the likeliest for each target.
    `withheld` is what is said in place of the number of targets, if anything; `compared`, whether the loss is set beside that before
    training.
    """

    kind: str
    name: str
    model: str
    about: str
    controls: list[Control]
    cells: list[Cell]
    targets: int
    withheld: str
    of: str
    note: str
    waits: str
    compared: bool
    steps: list[int]
    trained: list[int]
    losses: list[float]
    chances: list[list[float]]
    right: list[list[bool]]
    guesses: list[list[list[tuple[str, float]]]]
