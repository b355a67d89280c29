"""The held-out sentences of a visitor's own tagged text through snapshots: how their words are tagged."""

from collections.abc import Mapping
from pathlib import Path

from llmviz.core.questions.tagging import HeldOut
from llmviz.experiments.own_tags.question import TagOwnHeldOut
from llmviz.inspect import tagging
from llmviz.text import own_tagged
from llmviz.text.tagged import Tagged


def answer(folders: Mapping[int, Path], question: TagOwnHeldOut) -> list[HeldOut]:
    """How each snapshot tags them, in the order of the steps.

    Raises ValueError, in a sentence, where this machine has no such text, or the model other tags.
    """
    text = own_tagged.read(question.digest)
    if folders and tagging.tags(next(iter(folders.values()))) != text.tags:
        raise ValueError("this model knows other tags than those of the tagged text")
    return tagging.held_out(folders, [Tagged(*sentence) for sentence in own_tagged.divided(text)["test"][: question.count]])
