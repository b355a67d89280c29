"""Tokens per word of texts of every kind, cut by the vocabularies of one text."""

from typing import TypedDict


class Cost(TypedDict):
    """One text, whether it is the one the vocabularies are from, and for each kind its tokens per word and how many of them are [UNK]."""

    name: str
    own: bool
    rates: list[float]
    lost: list[float]


class Costs(TypedDict):
    """The kinds of vocabulary by name, and the texts."""

    title: str
    about: str
    below: str
    names: list[str]
    texts: list[Cost]
