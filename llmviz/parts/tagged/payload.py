"""One text as several models tag its words, each at the chosen step."""

from typing import TypedDict

from llmviz.parts.shared.payload import Side


class TaggedRow(Side):
    """One model: by step and word its probability of each tag."""

    probability: list[list[list[float]]]


class Tagged(TypedDict):
    """`words` are those of the text; `tags` all there are, O first and then a B- and an I- for each kind of entity; `names` what the kinds
    are called; `truth` the true tag of each word, empty where nobody knows them.
    """

    words: list[str]
    tags: list[str]
    names: dict[str, str]
    rows: list[TaggedRow]
    truth: list[str]
    note: str
