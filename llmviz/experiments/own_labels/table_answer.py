"""The held-out examples of a visitor's own table through snapshots: how each is classified."""

from collections.abc import Mapping
from pathlib import Path

from llmviz.core.questions.classification import Marked
from llmviz.experiments.own_labels.question import ClassifyTable
from llmviz.inspect import classification
from llmviz.text import own_example
from llmviz.text.own_splits import divided


def answer(folders: Mapping[int, Path], question: ClassifyTable) -> list[Marked]:
    """The predictions of each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, where this machine has no such table, the model other classes, or no head to classify with.
    """
    table = own_example.read(question.digest)
    if folders and classification.labels(next(iter(folders.values()))) != table.classes:
        raise ValueError("this model tells other classes apart than those of the table")
    return classification.marked(folders, divided(table.examples)["test"][: question.count])
