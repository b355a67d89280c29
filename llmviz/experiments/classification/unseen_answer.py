"""The held-out examples of a labelled text through snapshots: how each is classified."""

from collections.abc import Mapping
from pathlib import Path

from llmviz.core.questions.classification import Marked
from llmviz.core.settings import TextSpec
from llmviz.experiments.classification.question import Unseen
from llmviz.inspect import classification
from llmviz.text.labelled import Example, labelled


def answer(folders: Mapping[int, Path], question: Unseen) -> list[Marked]:
    """The predictions of each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, for a text without labels, or a model without a head to classify with.
    """
    return classification.marked(folders, examples(question.text, question.count))


def examples(text: str, count: int) -> list[Example]:
    """The first test examples of a labelled text; the split is by hash, so these are any."""
    return list(labelled(TextSpec(text))["test"][:count])
