"""A visitor's own labels: a pretrained model, or a random one, learns the classes of a table, two or more (BERT, section 4.1).

How: `training/classifying.py`, which *Before and after* shares. The examples come as they are, not as many of each class, so beside the
accuracy stands macro F1: the mean of the F1 of each class, whether it is rare or not.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score  # type: ignore[import-untyped] # scikit-learn has no types

from llmviz.core.spec import RunSpec
from llmviz.evaluation import baselines
from llmviz.experiments.own_labels import FEWER_TEST, FEWER_VALIDATION, OwnLabelsSpec
from llmviz.text import own_example
from llmviz.text.labelled import Example
from llmviz.text.own_splits import divided
from llmviz.training.classifying import Classifying, Examples

VALIDATION, TEST = 256, 1_000  # held-out examples looked at while training and at the end, at most


def build(spec: RunSpec, parent: Path | None) -> "OwnLabels":
    """The stage of this spec. Raises ValueError, in a sentence, where this machine does not keep its table."""
    objective: OwnLabelsSpec = spec.objective
    table = own_example.read(objective.labels_digest)
    parts = {part: [Example(*pair) for pair in pairs] for part, pairs in divided(table.examples).items()}
    order = np.random.default_rng(spec.seed).permutation(len(parts["train"]))[: objective.labels]
    learnt = [parts["train"][place] for place in order]  # with more labels come further examples, and none goes
    validation, test = (FEWER_VALIDATION, FEWER_TEST) if spec.foreign else (VALIDATION, TEST)
    return OwnLabels(spec, parent, Examples(table.classes, learnt, parts["validation"][:validation], parts["test"][:test]))


class OwnLabels(Classifying):
    """A model that learns to tell the classes of a table apart."""

    def lines(self, asked: Sequence[Example]) -> Mapping[str, float]:
        """A guess, the largest class, and who counts words."""
        return baselines.references(self.learnt, asked, classes=len(self.classes))

    def scores(self, truth: Sequence[int], predicted: Sequence[int]) -> Mapping[str, float]:
        """Accuracy, and the mean of the F1 of the classes that are there, in truth or among the predictions."""
        f1 = f1_score(truth, predicted, average="macro", zero_division=0)
        return {**super().scores(truth, predicted), "f1": float(f1)}
