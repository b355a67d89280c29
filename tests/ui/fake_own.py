"""What a classifier of a visitor's own table might say: it comes to know the texts of the table, and finds all labels alike for others."""

import numpy as np

from llmviz.core.questions.classification import Classification, Classify, Marked
from llmviz.core.spec import RunSpec
from llmviz.experiments.own_labels.question import ClassifyTable
from llmviz.text import own_example
from llmviz.text.own_splits import divided


def classified(step: int, spec: RunSpec, question: Classify) -> Classification:
    if not question.text.split():
        raise ValueError("there is no word to read")
    table = own_example.read(spec.objective.labels_digest)
    label = dict(table.examples).get(question.text)
    probability = np.full(len(table.classes), 1 / len(table.classes), np.float32)
    if label is not None:
        share = step / spec.train.steps
        probability = (1 - share) * probability + share * np.eye(len(table.classes), dtype=np.float32)[label]
    return Classification(step, tuple(question.text.split()), table.classes, probability)


def marked(step: int, spec: RunSpec, question: ClassifyTable) -> Marked:
    """Every held-out example is called by its label, but the first of them by another."""
    table = own_example.read(question.digest)
    test = divided(table.examples)["test"][: question.count]
    truth = np.array([label for _, label in test], np.int64)
    called = truth.copy()
    called[0] = (called[0] + 1) % len(table.classes)
    return Marked(step, tuple(text for text, _ in test), truth, table.classes, np.eye(len(table.classes), dtype=np.float32)[called])
