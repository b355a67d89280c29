"""The probes of a text of which facts and grammar are known: Tinyland. Of any other there are none."""

from collections.abc import Mapping, Sequence

from transformers import PreTrainedModel

from llmviz.inspect import probes
from llmviz.stages.texts import Encoded, Ids


def facts(text: Encoded, stories: Sequence[Ids], count: int, *, left_to_right: bool = False) -> dict[str, probes.Hidden]:
    """Facts to fill in, by the name of the metric."""
    return probes.facts(text.tokenizer, _told(text, stories), count, left_to_right=left_to_right) if text.told_by_grammar else {}


def choices(text: Encoded, stories: Sequence[Ids], count: int) -> dict[str, probes.Choice]:
    """Two texts of which one is right, by the name of the metric."""
    return probes.choices(text.tokenizer, _told(text, stories), count) if text.told_by_grammar else {}


def masked_shares(model: PreTrainedModel, asked: Mapping[str, probes.Hidden], choices: Mapping[str, probes.Choice]) -> dict[str, float]:
    """Of a model that names hidden words, the share it has right of each of these."""
    named = {name: probes.masked_hits(model, hidden).float().mean().item() for name, hidden in asked.items()}
    return named | {name: probes.share(probes.masked_gains(model, choice)) for name, choice in choices.items()}


def _told(text: Encoded, stories: Sequence[Ids]) -> list[str]:
    return [" ".join(text.words(ids)) for ids in stories]
