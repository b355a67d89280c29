"""Tinyland's probes as a model's inputs: a fact with its one answer hidden, and two texts of which only one is right."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import torch

from llmviz.stages.texts import Encoded, Ids, padded
from llmviz.text.masks import hide_at
from llmviz.text.special import CLS, SEP
from llmviz.text.tinyland import contrasts, probes
from llmviz.text.tinyland.contrasts import Contrast
from llmviz.text.tinyland.probes import Probe

Item = TypeVar("Item")
Made = TypeVar("Made")
Hidden = tuple[Ids, Ids]  # ids with the answer hidden, and labels; each (probes, longest)


class Choice(NamedTuple):
    """Texts that are right, and what is wrong in their place: ids, each (texts, longest), that differ in a place or two of every row."""

    right: Ids
    wrong: Ids


def facts(text: Encoded, stories: Sequence[Ids], count: int, *, left_to_right: bool = False) -> dict[str, Hidden]:
    """By the name of the metric; nothing for a text of which no facts are known.

    Who reads from left to right is asked for a country in a sentence that says the capital first.
    """
    if not text.told_by_grammar:
        return {}
    sets = {"facts": probes.facts, "sounds": probes.sounds, "reversed": probes.countries_last if left_to_right else probes.countries}
    return _made(text, stories, sets, count, _hidden)


def choices(text: Encoded, stories: Sequence[Ids], count: int) -> dict[str, Choice]:
    """By the name of the metric; nothing for a text whose grammar is not known."""
    if not text.told_by_grammar:
        return {}
    return _made(text, stories, {"grammar": contrasts.grammar, "meaning": contrasts.meaning, "frames": contrasts.frames}, count, _both)


def preferred(right: torch.Tensor, wrong: torch.Tensor, rows: torch.Tensor) -> float:
    """The share of choices whose right words together are likelier than the wrong ones.

    `right` and `wrong` are log-probabilities of words, `rows` the choice to which each belongs; all (words).
    """
    gain = torch.zeros(int(rows.max()) + 1, dtype=right.dtype, device=right.device).index_add(0, rows, right - wrong)
    return (gain > 0).float().mean().item()


def _made(
    text: Encoded,
    stories: Sequence[Ids],
    sets: Mapping[str, Callable[[Sequence[str], int], list[Item]]],
    count: int,
    tokens: Callable[[Encoded, list[Item]], Made],
) -> dict[str, Made]:
    told = [" ".join(text.words(ids)) for ids in stories]
    return {name: tokens(text, make(told, count)) for name, make in sets.items()}


def _hidden(text: Encoded, asked: list[Probe]) -> Hidden:
    ids = _ids(text, [probe.words for probe in asked])
    places = np.array([probe.hidden + 1 for probe in asked])  # [CLS] stands first
    return hide_at(ids, np.arange(ids.shape[1]) == places[:, None])


def _both(text: Encoded, asked: list[Contrast]) -> Choice:
    return Choice(_ids(text, [contrast.right for contrast in asked]), _ids(text, [contrast.wrong for contrast in asked]))


def _ids(text: Encoded, texts: Sequence[Sequence[str]]) -> Ids:
    return padded([np.array([CLS, *map(text.tokenizer.token_to_id, words), SEP]) for words in texts])
