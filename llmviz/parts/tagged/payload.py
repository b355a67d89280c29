"""One text as several models mark spans in it, each at the chosen step."""

from typing import NotRequired, TypedDict

from llmviz.parts.shared.payload import Side

Span = tuple[int, int, int]  # the place of its kind, and its words from the first up to the one after the last


class TaggedRow(Side):
    """One model, by step: of each word its probability of each label and how strongly it has the colour of each kind, 0 … 1; the spans it
    marks; and what these come to, in a few words.
    """

    probability: list[list[list[float]]]
    strength: list[list[list[float]]]
    spans: list[list[Span]]
    score: list[str]


class Tagged(TypedDict):
    """`words` are those of the text; `labels` what a word has probabilities of; `kinds` the names of the kinds of span; `truth` the true
    spans, None where nobody knows them. Each kind has a colour of its own, or those of a group share one: the `colours` are by kind the
    place of its group in the `legend`. `pieces` are those of each word, where some word has
    more than one: the first carries the label.
    """

    words: list[str]
    labels: list[str]
    kinds: list[str]
    rows: list[TaggedRow]
    truth: list[Span] | None
    note: str
    colours: NotRequired[list[int]]
    legend: NotRequired[list[str]]
    pieces: NotRequired[list[list[str]]]
