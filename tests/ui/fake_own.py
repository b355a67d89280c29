"""What models of a visitor's own examples might say: they come to know these, and find all labels, or all tags, alike for others."""

import numpy as np

from llmviz.core.questions.classification import Classification, Classify, Marked
from llmviz.core.questions.tagging import HeldOut, Tagging, TagWords
from llmviz.core.spec import RunSpec
from llmviz.experiments.own_labels.question import ClassifyTable
from llmviz.experiments.own_tags.question import TagOwnHeldOut
from llmviz.text import own_example, own_tagged
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


def tagged(step: int, spec: RunSpec, question: TagWords) -> Tagging:
    if not question.words:
        raise ValueError("there is no word to read")
    text = own_tagged.read(spec.objective.tags_digest)
    known = dict(text.sentences).get(question.words)
    probability = np.full((len(question.words), len(text.tags)), 1 / len(text.tags), np.float32)
    if known is not None:
        share = step / spec.train.steps
        true = np.eye(len(text.tags), dtype=np.float32)[[text.tags.index(tag) for tag in known]]
        probability = (1 - share) * probability + share * true
    return Tagging(step, question.words, text.tags, probability)


def tagged_held_out(step: int, spec: RunSpec, question: TagOwnHeldOut) -> HeldOut:
    """Every held-out sentence is tagged as it is, but the first, in which no name is found."""
    words, tags = zip(*own_tagged.divided(own_tagged.read(question.digest))["test"][: question.count], strict=True)
    return HeldOut(step, words, tags, (("O",) * len(words[0]), *tags[1:]))
