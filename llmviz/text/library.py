"""A small library: all speeches, all openings of Wikipedia's articles, all long film reviews and the World Factbook, in whole paragraphs.

Some eight million words, twenty times as many as of each of these texts by itself, and in documents three times as long: what a model of
three million parameters reads in two hours. Short reviews that are held out with their labels are no part of it.
"""

from llmviz.text import factbook, reviews, speeches, wikipedia
from llmviz.text.splits import place_of, split


def documents() -> dict[str, tuple[str, ...]]:
    """All documents by split, mixed, so that any first n hold some of each. Raises ValueError where a package is missing."""
    every = (*speeches.paragraphs(), *wikipedia.paragraphs(), *reviews.paragraphs(), *factbook.passages())
    return split(sorted(every, key=place_of))
