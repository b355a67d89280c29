"""A sentence whose words can be hidden, each with a bar for how probable the model finds it at the chosen step."""

from typing import NotRequired, TypedDict

from llmviz.parts.shared.payload import Word


class TokenStrip(TypedDict):
    """`hidden` are places of tokens; `probability` is by step and token; `single`, whether only one word is hidden at a time."""

    tokens: list[Word]
    hidden: list[int]
    steps: list[int]
    probability: list[list[float]]
    note: str
    single: NotRequired[bool]
