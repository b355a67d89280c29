"""For each hidden word what the model would put in the gap at the chosen step, the true one marked."""

from typing import NotRequired, TypedDict


class Gap(TypedDict):
    """One hidden word: as it is called and as the model writes it, empty where it has no word for it; by step the likeliest and its own
    probability.
    """

    place: int
    truth: str
    source: str
    candidates: list[list[tuple[str, float]]]
    probability: list[float]


class Bars(TypedDict):
    """`title`, what is asked; `mark`, what the tick stands for; `low`, whether there is little height; `withheld`, what is said where no
    step is known, if anything.
    """

    steps: list[int]
    empty: str
    groups: list[Gap]
    title: NotRequired[str]
    mark: NotRequired[str]
    low: NotRequired[bool]
    withheld: NotRequired[str]
