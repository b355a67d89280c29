"""The probes of a text of which facts and grammar are known: Tinyland. Of any other there are none.

The sets are kept for the runs that follow: to find them takes longer than all else before a first step.
"""

from collections.abc import Mapping
from functools import lru_cache

from transformers import PreTrainedModel

from llmviz.inspect import probes
from llmviz.training.texts import Encoded, Texts


@lru_cache(maxsize=4)
def facts(text: Encoded, stories: Texts, count: int, *, left_to_right: bool = False) -> dict[str, probes.Hidden]:
    """Facts to fill in, by the name of the metric."""
    return probes.facts(text.tokenizer, _told(text, stories), count, left_to_right=left_to_right) if text.told_by_grammar else {}


@lru_cache(maxsize=4)
def choices(text: Encoded, stories: Texts, count: int) -> dict[str, probes.Choice]:
    """Two texts of which one is right, by the name of the metric."""
    return probes.choices(text.tokenizer, _told(text, stories), count) if text.told_by_grammar else {}


def masked_shares(model: PreTrainedModel, asked: Mapping[str, probes.Hidden], choices: Mapping[str, probes.Choice]) -> dict[str, float]:
    """Of a model that names hidden words, the share it has right of each of these."""
    named = {name: probes.masked_hits(model, hidden).float().mean().item() for name, hidden in asked.items()}
    return named | {name: probes.share(probes.masked_gains(model, choice)) for name, choice in choices.items()}


def _told(text: Encoded, stories: Texts) -> list[str]:
    return [" ".join(text.words(ids)) for ids in stories]
