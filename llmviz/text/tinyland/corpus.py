"""Tinyland as a text to read: sampled once from the grammar, always the same, split by the hash of each text."""

from functools import cache
from random import Random

from llmviz.text.pairs import Document
from llmviz.text.sentences import sentences
from llmviz.text.splits import split_of
from llmviz.text.tinyland.floors import World
from llmviz.text.tinyland.opinions import OPINIONS
from llmviz.text.tinyland.stories import MOOD, STORIES

SHARES = ((STORIES, 0.85), (OPINIONS, 0.15))
TEXTS = 40_000  # over a million words: more than a run of half a minute reads
LABELLED = 22_000  # opinions drawn for their labels: a thousand of them fall to the test


@cache
def world() -> World:
    """The grammar of the whole text: both registers with their shares."""
    return World(SHARES)


@cache
def opinions() -> World:
    """The grammar of the opinions alone."""
    return World([(OPINIONS, 1.0)])


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


def stories() -> dict[str, tuple[Document, ...]]:
    """The stories of `documents` with the threads that run through them, each once, by split."""
    register, share = SHARES[0]
    random = Random(f"{register.name} {register.version}")
    splits: dict[str, dict[str, Document]] = {"train": {}, "validation": {}, "test": {}}
    for _ in range(round(TEXTS * share)):
        story = register.sample(random)
        text = " ".join(story.words)
        thread = {name: value for name, value in story.bindings.items() if name != MOOD.name}
        splits[split_of(text)][text] = Document(sentences(text), thread)
    return {split: tuple(found.values()) for split, found in splits.items()}


def labelled() -> dict[str, tuple[tuple[str, int], ...]]:
    """Opinions with the mood that made them, 1 for good and 0 for bad, each once, by split.

    The first are those of `documents`, the rest go on from there: whatever is held out here is held out there too.
    """
    random = Random(f"{OPINIONS.name} {OPINIONS.version}")
    splits: dict[str, dict[str, int]] = {"train": {}, "validation": {}, "test": {}}
    for _ in range(LABELLED):
        opinion = OPINIONS.sample(random)
        text = " ".join(opinion.words)
        splits[split_of(text)][text] = int(opinion.bindings["mood"] == "good")
    return {split: tuple(found.items()) for split, found in splits.items()}
