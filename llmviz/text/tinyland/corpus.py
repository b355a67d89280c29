"""Tinyland as a text to read: sampled once from the grammar, always the same, split by the hash of each text."""

from functools import cache
from random import Random

from llmviz.text.splits import split_of
from llmviz.text.tinyland.floors import World
from llmviz.text.tinyland.opinions import OPINIONS
from llmviz.text.tinyland.stories import STORIES

SHARES = ((STORIES, 0.85), (OPINIONS, 0.15))
TEXTS = 40_000  # over a million words: more than a run of half a minute reads


@cache
def world() -> World:
    """The grammar of the whole text: both registers with their shares."""
    return World(SHARES)


@cache
def words() -> tuple[str, ...]:
    """Every word Tinyland can say, sorted."""
    return tuple(sorted(set().union(*(register.words() for register, _ in SHARES))))


def documents() -> dict[str, tuple[str, ...]]:
    """The texts by split: "train", "validation", "test". A text's register decides its random numbers, so none changes another's."""
    splits: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    for register, share in SHARES:
        random = Random(f"{register.name} {register.version}")
        for _ in range(round(TEXTS * share)):
            text = " ".join(register.sample(random).words)
            splits[split_of(text)].append(text)
    shuffled = {}
    for split, texts in splits.items():
        Random(split).shuffle(texts)  # a mixture, so that any first n texts hold both registers in their shares
        shuffled[split] = tuple(texts)
    return shuffled
