"""Two parts of a text, where each looks in the other, and whether the second goes on with the first."""

from typing import TypedDict

from llmviz.parts.shared.payload import Word


class Pair(TypedDict):
    """`back` (step, second, first) and `ahead` (step, first, second) are bytes in base64; `shares` is p(follows) by step, `best` that for
    who knows the grammar.
    """

    first: list[Word]
    second: list[Word]
    steps: list[int]
    shares: list[float]
    back: str
    ahead: str
    empty: str
    note: str
    best: float | None
