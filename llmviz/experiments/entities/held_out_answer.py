"""The held-out texts of a tagged text through snapshots: how their words are tagged."""

from collections.abc import Mapping
from pathlib import Path

from llmviz.core.questions.tagging import HeldOut
from llmviz.core.settings import TextSpec
from llmviz.experiments.entities.question import TagHeldOut
from llmviz.inspect import tagging
from llmviz.text.tagged import tagged


def answer(folders: Mapping[int, Path], question: TagHeldOut) -> list[HeldOut]:
    """How each snapshot tags them, in the order of the steps. Raises ValueError, in a sentence, where text or model has no tags."""
    return tagging.held_out(folders, tagged(TextSpec(question.text))["test"][: question.count])
