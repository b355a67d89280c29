"""Sentiment: a pretrained model, or a random one, learns from few labelled opinions whether they praise or blame (BERT, section 4.1).

Of each class it learns from as many examples. How: `training/classifying.py`, which *Your own labels* shares.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec
from llmviz.evaluation import baselines
from llmviz.text.labelled import CLASSES, Example, labelled, stratified
from llmviz.training.classifying import Classifying, Examples

VALIDATION, TEST = 256, 1_000  # held-out examples looked at while training and at the end


def build(spec: RunSpec, parent: Path | None) -> "Sentiment":
    """The stage of this spec: a new head on the parent's weights, or on the random ones its architecture begins with."""
    objective: LabelsSpec = spec.objective
    examples = labelled(spec.text)
    learnt = stratified(examples["train"], objective.labels, spec.seed)
    return Sentiment(spec, parent, Examples(CLASSES, learnt, examples["validation"][:VALIDATION], examples["test"][:TEST]))


class Sentiment(Classifying):
    """A model that learns to tell praise from blame."""

    def lines(self, asked: Sequence[Example]) -> Mapping[str, float]:
        """A guess, the larger class, and who counts words; for Tinyland also the best guess of whoever knows the grammar."""
        return baselines.references(self.learnt, asked, told_by_grammar=self.spec.text.name == "tinyland")
