"""A beginning and what the model wrote after it at the chosen step, each token with how probable the model found it."""

from typing import TypedDict

from llmviz.parts.shared.payload import Word


class Written(TypedDict):
    """One text: its words, which of them go on without a space, how probable each was, whether it has ended, and why it went no further."""

    words: list[str]
    joined: list[bool]
    chances: list[float]
    ended: bool
    why: str


class Continuation(TypedDict):
    """By step what was written; `shown`, how many tokens are to be seen; `at`, the token whose alternatives are shown; `chosen`, how many
    of the first were chosen by hand; `withheld`, what is said in place of probabilities, if anything.
    """

    given: list[Word]
    steps: list[int]
    texts: list[Written]
    shown: int
    at: int
    chosen: int
    note: str
    withheld: str
