"""Batches of token ids as a person sees them. Knows ids and spelling; knows no model."""

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer

from llmviz.inspect.writing import Vocabulary
from llmviz.text.masks import IGNORED
from llmviz.text.special import PAD
from llmviz.training.stage import Exercise


def candidates(tokenizer: Tokenizer) -> tuple[str, ...]:
    """The vocabulary in the order of its ids, each entry as it stands in a list of candidates."""
    vocabulary = Vocabulary(tokenizer)
    return tuple(map(vocabulary.candidate, range(len(vocabulary))))


def exercises(input_ids: torch.Tensor, labels: torch.Tensor, spelt: Sequence[str]) -> list[Exercise]:
    """The texts of a batch: what is read, and what is asked for where, two tensors (batch, n); labels are IGNORED where nothing is."""
    made, row = list[Exercise](), 0
    for ids, asked in zip(input_ids.tolist(), labels.tolist(), strict=True):
        places = tuple(place for place, label in enumerate(asked) if label != IGNORED)
        made.append(Exercise(tuple(spelt[id] for id in ids if id != PAD), places, range(row, row + len(places))))
        row += len(places)
    return made
