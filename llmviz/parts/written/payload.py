"""What a T5 reads and what it writes at the chosen step, and where its decoder looks."""

from typing import TypedDict


class Sentinel(TypedDict):
    """A token, and the number of the gap that a sentinel stands for, -1 for any other token."""

    text: str
    gap: int


class Answer(TypedDict):
    """What came out: `cross` is where each token looked in what was given, by token and place; spans and confidence are by gap."""

    tokens: list[Sentinel]
    chances: list[float]
    cross: list[list[float]]
    spans: list[str]
    confidence: list[float]
    ended: bool


class ReadAndWritten(TypedDict):
    """`withheld` is what is said in place of probabilities, if anything."""

    steps: list[int]
    given: list[Sentinel]
    texts: list[Answer]
    empty: str
    withheld: str
