"""How often what is true was called what, as a table whose cells open to examples."""

from typing import TypedDict


class ConfusedExample(TypedDict):
    """One text, in runs of words; those that the cell is about are set apart."""

    bits: list[tuple[str, bool]]


class Confusion(TypedDict):
    """`counts` by true label and label given, both in the order of `labels`; `examples` likewise, some of each cell. `of` says what is
    counted, `noun` names one of it.
    """

    labels: list[str]
    counts: list[list[int]]
    examples: list[list[list[ConfusedExample]]]
    of: str
    noun: str
