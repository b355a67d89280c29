"""Tinyland's probes as inputs of a masked language model: a fact with its one answer hidden."""

from collections.abc import Callable, Sequence

import numpy as np

from llmviz.stages.texts import Encoded, Ids, padded
from llmviz.text.masks import hide_at
from llmviz.text.special import CLS, SEP
from llmviz.text.tinyland.probes import Probe, facts, sounds

SETS: dict[str, Callable[..., list[Probe]]] = {"facts": facts, "sounds": sounds}


def probes(text: Encoded, stories: Sequence[Ids], count: int) -> dict[str, tuple[Ids, Ids]]:
    """By name of the set: ids with the answer hidden, and labels; each (probes, longest)."""
    told = [" ".join(text.words(ids)) for ids in stories]
    return {name: _tokens(text, make(told, count)) for name, make in SETS.items()}


def _tokens(text: Encoded, asked: list[Probe]) -> tuple[Ids, Ids]:
    ids = padded([np.array([CLS, *map(text.tokenizer.token_to_id, probe.words), SEP]) for probe in asked])
    places = np.array([probe.hidden + 1 for probe in asked])  # [CLS] stands first
    return hide_at(ids, np.arange(ids.shape[1]) == places[:, None])
