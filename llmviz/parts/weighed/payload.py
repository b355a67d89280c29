"""A sentence with, under each word, how far it pushes the prediction at the chosen step."""

from typing import TypedDict

from llmviz.parts.shared.payload import Word


class Weighed(TypedDict):
    """`out` are places of words left out; `weight` is by step and word in nats, None where it is left out, towards the last of `labels`."""

    words: list[Word]
    out: list[int]
    steps: list[int]
    weight: list[list[float | None]]
    labels: list[str]
    note: str
