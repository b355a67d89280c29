"""One input through several models side by side, each at the chosen step."""

from typing import TypedDict

from llmviz.parts.shared.payload import Side


class Card(Side):
    """One model: by step its shares of the labels, and a note in words, those after a text being set apart."""

    labels: list[str]
    shares: list[list[float]]
    notes: list[list[tuple[str, bool]]]


class Cards(TypedDict):
    """`truth` is the true label, empty where there is none."""

    cards: list[Card]
    truth: str
