"""The probes of a text of which facts and grammar are known: Tinyland. Of any other there are none."""

from collections.abc import Sequence

from llmviz.inspect import probes
from llmviz.stages.texts import Encoded, Ids


def facts(text: Encoded, stories: Sequence[Ids], count: int, *, left_to_right: bool = False) -> dict[str, probes.Hidden]:
    """Facts to fill in, by the name of the metric."""
    return probes.facts(text.tokenizer, _told(text, stories), count, left_to_right=left_to_right) if text.told_by_grammar else {}


def choices(text: Encoded, stories: Sequence[Ids], count: int) -> dict[str, probes.Choice]:
    """Two texts of which one is right, by the name of the metric."""
    return probes.choices(text.tokenizer, _told(text, stories), count) if text.told_by_grammar else {}


def _told(text: Encoded, stories: Sequence[Ids]) -> list[str]:
    return [" ".join(text.words(ids)) for ids in stories]
