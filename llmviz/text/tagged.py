"""Texts whose words carry tags, in BIO, and samples of them. Knows words and tags; knows no model."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from llmviz.core.settings import TextSpec
from llmviz.core.tagging import OUTSIDE
from llmviz.core.texts import TEXTS
from llmviz.text import gazetteer
from llmviz.text.tinyland import news


class Tagged(NamedTuple):
    """A text's words, and the tag of each."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


class Source(NamedTuple):
    """The kinds of entity that a text names, and where its tagged texts come from, by split."""

    types: tuple[str, ...]
    load: Callable[[], Mapping[str, Sequence[tuple[tuple[str, ...], tuple[str, ...]]]]]


SOURCES: dict[str, Source] = {
    "tinyland": Source(news.TYPES, news.tagged),
    "wiki": Source(gazetteer.TYPES, gazetteer.tagged),
}


def kinds(text: TextSpec) -> tuple[str, ...]:
    """The kinds of entity that this text names. Raises ValueError, in a sentence, where it has no tags."""
    return _source(text).types


def tags(text: TextSpec) -> tuple[str, ...]:
    """Every tag of this text, O first: a label is a place in this list. Raises ValueError, in a sentence, where it has none."""
    return (OUTSIDE, *(f"{begin}-{kind}" for kind in kinds(text) for begin in "BI"))


@lru_cache(maxsize=2)
def tagged(text: TextSpec) -> dict[str, tuple[Tagged, ...]]:
    """The tagged texts of a text by split: "train", "validation", "test"; none is in two of them.

    Raises ValueError, in a sentence, where it has none.
    """
    return {split: tuple(Tagged(*pair) for pair in pairs) for split, pairs in _source(text).load().items()}


def _source(text: TextSpec) -> Source:
    if text.name not in SOURCES:
        having = " and ".join(TEXTS[name].title for name in SOURCES)
        raise ValueError(f"{TEXTS[text.name].title}: nobody has tagged the names in this text; {having} has tags")
    return SOURCES[text.name]


def sample(examples: Sequence[Tagged], count: int, seed: int) -> list[Tagged]:
    """So many texts chosen by the seed; with a larger count come more, and none goes. Raises ValueError, in a sentence, for too many."""
    if count > len(examples):
        raise ValueError(f"Labels: {count:,} are more than there are; this text has {len(examples):,} tagged texts to learn from")
    order = np.random.default_rng(seed).permutation(len(examples))
    return [examples[place] for place in order[:count]]
