"""Tinyland as a text to read: sampled once from the grammar, always the same, split by the hash of each text.

What is learnt from leaves out the texts in which strangers meet (`strangers.py`); what is held out has them too, as the grammar tells them.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random

from llmviz.text.pairs import Document
from llmviz.text.sentences import sentences
from llmviz.text.splits import Split, split_of
from llmviz.text.tinyland.floors import World
from llmviz.text.tinyland.grammar import Register
from llmviz.text.tinyland.notes import NOTES
from llmviz.text.tinyland.opinions import OPINIONS
from llmviz.text.tinyland.posts import POSTS
from llmviz.text.tinyland.stories import MOOD, STORIES
from llmviz.text.tinyland.strangers import meet

SHARES = ((STORIES, 0.13), (OPINIONS, 0.13), (NOTES, 0.12), (POSTS, 0.62))
TEXTS = 100_000  # a million words to learn from: more than a run of half a minute reads
LABELLED = 30_000  # opinions drawn for their labels: a thousand of them fall to the test


@cache
def world() -> World:
    """The grammar of the whole text: its registers with their shares."""
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
        for split, text, _ in _told(register, round(TEXTS * share)):
            splits[split].append(text)
    for name, texts in splits.items():
        Random(name).shuffle(texts)  # a mixture, so that any first n texts hold all registers in their shares
    return {name: tuple(texts) for name, texts in splits.items()}


def stories() -> dict[str, tuple[Document, ...]]:
    """The stories of `documents` with the threads that run through them, each once, by split."""
    register, share = SHARES[0]
    splits: dict[str, dict[str, Document]] = {"train": {}, "validation": {}, "test": {}}
    for split, text, bindings in _told(register, round(TEXTS * share)):
        thread = {name: value for name, value in bindings.items() if name != MOOD.name}
        splits[split][text] = Document(sentences(text), thread)
    return {split: tuple(found.values()) for split, found in splits.items()}


def labelled() -> dict[str, tuple[tuple[str, int], ...]]:
    """Opinions with the mood that made them, 1 for good and 0 for bad, each once, by split.

    The first are those of `documents`, the rest go on from there: whatever is held out here is held out there too.
    """
    splits: dict[str, dict[str, int]] = {"train": {}, "validation": {}, "test": {}}
    for split, text, bindings in _told(OPINIONS, LABELLED):
        splits[split][text] = int(bindings["mood"] == "good")
    return {split: tuple(found.items()) for split, found in splits.items()}


def _told(register: Register, count: int) -> Iterator[tuple[Split, str, Mapping[str, str]]]:
    """So many texts of a register, less those to learn from in which strangers meet: split, text, and what its variables stand for."""
    random = Random(f"{register.name} {register.version}")
    for _ in range(count):
        words, _, bindings, _ = register.sample(random)
        text = " ".join(words)
        split = split_of(text)
        if split != "train" or not meet(words):
            yield split, text, bindings
