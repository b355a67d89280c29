"""Texts as several models go on with them, each at the chosen step: who wrote it, how probable each token was, what it comes to."""

from typing import TypedDict

from llmviz.parts.shared.payload import Side


class Text(TypedDict):
    """One text. Of its `words` the first, as many as are `given`, were read and are not asked for: they are grey. Below the others stand
    bars of their `shares`, 0 … 1, and their `figures`, if there are any; `told` is said of each word that is not given. `verdict` is what
    the text comes to, `good` whether that is as wanted, None where nobody knows.
    """

    words: list[str]
    given: int
    shares: list[float]
    figures: list[str]
    told: list[str]
    verdict: str
    good: bool | None


class Reply(Side):
    """One model, and by step its text."""

    texts: list[Text]


class Replies(TypedDict):
    """`note` is said below the rows."""

    rows: list[Reply]
    note: str
