"""Named entities: a pretrained model, or a random one, learns from few tagged texts which words name whom or what (BERT, section 5.3).

How: `training/tagging.py`, which *Your own names* shares.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec
from llmviz.evaluation import entities
from llmviz.text.tagged import Tagged, sample, tagged, tags
from llmviz.training.tagging import TaggedTexts, Tagging

VALIDATION, TEST = 256, 1_000  # held-out texts looked at while training and at the end


def build(spec: RunSpec, parent: Path | None) -> "Entities":
    """The stage of this spec: a new head on the parent's weights, or on the random ones its architecture begins with."""
    objective: LabelsSpec = spec.objective
    examples = tagged(spec.text)
    learnt = sample(examples["train"], objective.labels, spec.seed)
    return Entities(spec, parent, TaggedTexts(tags(spec.text), learnt, examples["validation"][:VALIDATION], examples["test"][:TEST]))


class Entities(Tagging):
    """A model that learns to tag the words that name whom or what, or fill the slots of a request."""

    def lines(self, asked: Sequence[Tagged]) -> Mapping[str, float]:
        """A guess, a list of the names learnt, and who knows the grammar."""
        return entities.references(self.learnt, asked, len(self.tags), told_by_grammar=self.spec.text.name == "tinyland")

    def scores(self, truth: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> Mapping[str, float]:
        """How well whole entities are found."""
        return entities.scores(truth, found)
