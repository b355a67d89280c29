"""What the parts that show a run have in common."""

from typing import NotRequired, TypedDict


class Origin(TypedDict):
    """What a run is at its step 0: the phase whose colour it has, and its name in words."""

    phase: str
    word: str


class Shared(TypedDict):
    """The run, by which parts move together; the step in the address, None for the newest; another number for each visit of a page."""

    group: str
    step: int | None
    visit: int
    origin: NotRequired[Origin]


class Word(TypedDict):
    """A word as it is shown, whether the model knows it, and whether it goes on from the one before without a space."""

    text: str
    known: bool
    joined: NotRequired[bool]


class Side(TypedDict):
    """One of several models that stand side by side: what it is at its step 0, what stands where it has nothing to say and on the button
    that changes that, and the steps it has something to say of.
    """

    title: str
    about: str
    phase: str
    start: Origin
    empty: str
    action: str
    steps: list[int]
