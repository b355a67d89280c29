"""A visitor's own names: a pretrained model, or a random one, learns to tag the words of a text as it is tagged (BERT, section 5.3).

How: `training/tagging.py`, which *Names in a text* shares.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from llmviz.core.spec import RunSpec
from llmviz.evaluation import entities
from llmviz.experiments.own_tags import OwnTagsSpec
from llmviz.text import own_tagged
from llmviz.text.tagged import Tagged, sample
from llmviz.training.tagging import TaggedTexts, Tagging

VALIDATION, TEST = 256, 1_000  # held-out sentences looked at while training and at the end, at most


def build(spec: RunSpec, parent: Path | None) -> "OwnTags":
    """The stage of this spec. Raises ValueError, in a sentence, where this machine does not keep its tagged text."""
    objective: OwnTagsSpec = spec.objective
    text = own_tagged.read(objective.tags_digest)
    parts = {part: [Tagged(*sentence) for sentence in sentences] for part, sentences in own_tagged.divided(text).items()}
    learnt = sample(parts["train"], min(objective.labels, len(parts["train"])), spec.seed)
    return OwnTags(spec, parent, TaggedTexts(text.tags, learnt, parts["validation"][:VALIDATION], parts["test"][:TEST]))


class OwnTags(Tagging):
    """A model that learns to tag the names of a visitor's text."""

    def lines(self, asked: Sequence[Tagged]) -> Mapping[str, float]:
        """A guess, and a list of the names learnt."""
        return entities.references(self.learnt, asked, len(self.tags), told_by_grammar=False)

    def scores(self, truth: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> Mapping[str, float]:
        """How well whole entities are found."""
        return entities.scores(truth, found)
