"""Texts whose words carry tags, in BIO, and samples of them. Knows words and tags; knows no model."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from tokenizers.pre_tokenizers import BertPreTokenizer

from llmviz.core.settings import TextSpec
from llmviz.core.tagging import OUTSIDE, SLOTS, named
from llmviz.core.texts import TEXTS
from llmviz.text import gazetteer, requests
from llmviz.text.tinyland import news


class Tagged(NamedTuple):
    """A text's words, and the tag of each."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


class Source(NamedTuple):
    """What is tagged in a text, in a `noun`; its kinds, by what they are about; and where the tagged texts come from, by split."""

    noun: str
    groups: Mapping[str, tuple[str, ...]]
    load: Callable[[], Mapping[str, Sequence[tuple[tuple[str, ...], tuple[str, ...]]]]]


READ = BertPreTokenizer()  # what every vocabulary here takes for words


def _requests() -> Mapping[str, Sequence[tuple[tuple[str, ...], tuple[str, ...]]]]:
    return {split: [_parted(request.words, request.tags) for request in chosen] for split, chosen in requests.tagged().items()}


def _parted(words: Sequence[str], tags: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same with punctuation as words of its own, as models read it: 33.5 is three words, all of the slot."""
    pairs = []
    for word, tag in zip(words, tags, strict=True):
        parts = [word] if word.isalnum() else [part for part, _ in READ.pre_tokenize_str(word)]
        pairs += list(zip(parts, (tag, *[tag.replace("B-", "I-", 1)] * len(parts)), strict=False))
    return tuple(word for word, _ in pairs), tuple(tag for _, tag in pairs)


SOURCES: dict[str, Source] = {
    "tinyland": Source("name", {named(kind): (kind,) for kind in news.TYPES}, news.tagged),
    "requests": Source("slot", SLOTS, _requests),
    "wiki": Source("name", {named(kind): (kind,) for kind in gazetteer.TYPES}, gazetteer.tagged),
}


def source(text: TextSpec) -> Source:
    """What is tagged in this text. Raises ValueError, in a sentence, where nothing is."""
    if text.name not in SOURCES:
        having = " and ".join(TEXTS[name].title for name in SOURCES)
        raise ValueError(f"{TEXTS[text.name].title}: nobody has tagged the names in this text; {having} has tags")
    return SOURCES[text.name]


def kinds(text: TextSpec) -> tuple[str, ...]:
    """The kinds of entity that are tagged in this text. Raises ValueError, in a sentence, where it has no tags."""
    return tuple(chain.from_iterable(source(text).groups.values()))


def tags(text: TextSpec) -> tuple[str, ...]:
    """Every tag of this text, O first: a label is a place in this list. Raises ValueError, in a sentence, where it has none."""
    return (OUTSIDE, *(f"{begin}-{kind}" for kind in kinds(text) for begin in "BI"))


@lru_cache(maxsize=2)
def tagged(text: TextSpec) -> dict[str, tuple[Tagged, ...]]:
    """The tagged texts of a text by split: "train", "validation", "test"; none is in two of them.

    Raises ValueError, in a sentence, where it has none.
    """
    return {split: tuple(Tagged(*pair) for pair in pairs) for split, pairs in source(text).load().items()}


def sample(examples: Sequence[Tagged], count: int, seed: int) -> list[Tagged]:
    """So many texts chosen by the seed; with a larger count come more, and none goes. Raises ValueError, in a sentence, for too many."""
    if count > len(examples):
        raise ValueError(f"Labels: {count:,} are more than there are; this text has {len(examples):,} tagged texts to learn from")
    order = np.random.default_rng(seed).permutation(len(examples))
    return [examples[place] for place in order[:count]]
