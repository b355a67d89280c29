"""One text through every snapshot of a model with a head over tags: how probable it finds each tag of each word."""

from collections.abc import Mapping
from pathlib import Path

from llmviz.core.tagging import tags_words
from llmviz.experiments.entities.question import Tag, Tagging
from llmviz.inspect import classification
from llmviz.text.words import in_words, spelt

NO_TAGS = "this model has no head that tags words"


def answer(folders: Mapping[int, Path], question: Tag) -> list[Tagging]:
    """The tags of each snapshot, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, where there is nothing to read, too much, or no head over tags.
    """
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    names = tags(first)
    words = in_words(classification.read(first, question.text))
    ids = [piece.id for word in words for piece in word]
    firsts = [sum(map(len, words[:place])) for place in range(len(words))]
    scores = classification.head_logits([folders[step] for step in steps], [ids])[0][:, 0]  # (snapshot, n, tag)
    chances = scores[:, [1 + place for place in firsts]].softmax(-1)  # behind [CLS]; rows sum to 1
    spelling = tuple(map(spelt, words))
    return [Tagging(step, spelling, names, chance.numpy()) for step, chance in zip(steps, chances, strict=True)]


def tags(folder: Path) -> tuple[str, ...]:
    """The names of the tags, in the order of the head. Raises ValueError where the model has none."""
    found = classification.outputs(folder)
    if not tags_words(found):
        raise ValueError(NO_TAGS)
    return found
