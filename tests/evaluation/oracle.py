"""Who knows Tinyland's grammar, in the place of `fast.masked_logits` and `fast.causal_logits`: logits are the exact log-probabilities."""

import math

import torch

from llmviz.text.special import CLS, MASK, PAD, SEP
from llmviz.text.tinyland.corpus import world
from llmviz.training.texts import Encoded

NEVER = -1e4  # in the place of minus infinity, which half of torch's losses turn into nan


class Oracle:
    """One that names hidden words."""

    def __init__(self, text: Encoded) -> None:
        self.text = text

    def logits_at(self, _: object, input_ids: torch.Tensor, __: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """Where `places` (batch, n) is True, row by row."""
        found = torch.full((*input_ids.shape, self.text.vocabulary), NEVER)
        for row, ids in zip(found, input_ids.tolist(), strict=True):
            words = [self.text.pieces[id] for id in ids if id not in (PAD, CLS, SEP)]
            try:
                expected = world().cloze(words, [place - 1 for place, id in enumerate(ids) if id == MASK])
            except ValueError:  # a probe: a fact in words in which the grammar never tells it
                continue
            for place, chances in expected.items():
                for word, chance in chances.items():
                    row[place + 1, self.text.tokenizer.token_to_id(word)] = math.log(chance)
        return found[places]


class NextOracle:
    """One that reads from left to right: after each word it expects the next, or the end."""

    def __init__(self, text: Encoded) -> None:
        self.text = text

    def logits_at(self, _: object, input_ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """At the `places` (batch, n) that are True, row by row."""
        found = torch.full((*input_ids.shape, self.text.vocabulary), NEVER)
        for row, ids in zip(found, input_ids.tolist(), strict=True):
            words = [self.text.pieces[id] for id in ids if id not in (PAD, CLS, SEP)]
            try:
                expected = world().next_words(words)
            except ValueError:  # a probe
                continue
            for place, chances in enumerate(expected):
                for word, chance in chances.items():
                    row[place, self.text.tokenizer.token_to_id(word) if word else SEP] = math.log(chance)
        return found[places]
