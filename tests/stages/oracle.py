"""Models that know Tinyland's grammar: their logits are the exact log-probabilities."""

import math

import torch

from llmviz.stages.texts import Encoded
from llmviz.text.special import CLS, MASK, PAD, SEP
from llmviz.text.tinyland.corpus import world

NEVER = -1e4  # in the place of minus infinity, which half of torch's losses turn into nan


class _Encoder(torch.nn.Module):
    def __init__(self, text: Encoded) -> None:
        super().__init__()
        self.text = text

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> "_States":
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
        return _States(found)


class _States:
    def __init__(self, found: torch.Tensor) -> None:
        self.last_hidden_state = found


class Oracle(torch.nn.Module):
    """One that names hidden words. It answers to what a stage asks of a model: an encoder, a head, a device."""

    device = torch.device("cpu")

    def __init__(self, text: Encoded) -> None:
        super().__init__()
        self.base_model = _Encoder(text)
        self.cls = torch.nn.Identity()


class NextOracle(torch.nn.Module):
    """One that reads from left to right: after each word it expects the next, or the end."""

    device = torch.device("cpu")

    def __init__(self, text: Encoded) -> None:
        super().__init__()
        self.text = text

    def base_model(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, use_cache: bool) -> _States:
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
        return _States(found)

    def get_output_embeddings(self) -> torch.nn.Module:
        return torch.nn.Identity()
