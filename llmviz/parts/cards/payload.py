"""One input through several models side by side, each at the chosen step."""

from typing import TypedDict

from llmviz.parts.shared.payload import Origin


class Card(TypedDict):
    """One model: what it is at its step 0, what stands where it has nothing to say and on the button that changes that, and by step its
    shares of the labels, and a note in words, those after a text being set apart.
    """

    title: str
    about: str
    phase: str
    start: Origin
    empty: str
    action: str
    steps: list[int]
    labels: list[str]
    shares: list[list[float]]
    notes: list[list[tuple[str, bool]]]


class Cards(TypedDict):
    """`truth` is the true label, empty where there is none."""

    cards: list[Card]
    truth: str
