"""A reward model: a GPT's body with one number for a whole text (Ouyang et al. 2022, section 3.5), read off at the text's last token."""

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import PreTrainedModel

from llmviz.models import files, transfer
from llmviz.text.special import CLS, PAD, SEP

REWARD = ("reward",)  # the one output


def model_of(start: PreTrainedModel) -> PreTrainedModel:
    """A reward model with the body of this language model, and a head that begins at zero."""
    return transfer.classifier(start, REWARD)


def load(folder: Path, start: PreTrainedModel) -> PreTrainedModel:
    """The reward model of a snapshot, frozen. Raises ValueError where it is not of the size of `start`, whose texts it is to read."""
    model = files.load(folder)
    if model.config.vocab_size != start.config.vocab_size or model.config.num_labels != len(REWARD):
        raise ValueError("Reward: this run gives no reward to texts of the model it is to judge")
    model.eval().requires_grad_(False)
    return model


def rewards(model: PreTrainedModel, texts: Sequence[Sequence[int]]) -> torch.Tensor:
    """The reward of each text, from ids without [CLS] and [SEP]: (texts). A gradient flows where the model asks for one."""
    found: torch.Tensor = model.get_submodule("score")(last_states(model, texts))  # (texts, 1)
    return found[:, 0]


def last_states(model: PreTrainedModel, texts: Sequence[Sequence[int]]) -> torch.Tensor:
    """What the body of a causal model knows at the end of each text, where a reward is read off: (texts, width)."""
    rows = [(CLS, *ids, SEP) for ids in texts]
    ids = torch.full((len(rows), max(map(len, rows))), PAD)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
    ids = ids.to(model.device)
    mask = ids != PAD
    states = model.base_model(input_ids=ids, attention_mask=mask.long()).last_hidden_state  # (texts, n, width)
    last: torch.Tensor = states[torch.arange(len(rows), device=ids.device), mask.sum(1) - 1]
    return last


def direction(model: PreTrainedModel) -> torch.Tensor:
    """The reward as a line through the model's states: the head's weights and a 0 for a constant, (width + 1)."""
    weights = model.get_submodule("score").get_parameter("weight").detach()[0]
    return torch.cat((weights, weights.new_zeros(1)))


@torch.no_grad()
def states(model: PreTrainedModel, input_ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """The model's last hidden states just before the places that are True, with a 1 behind: (places, width + 1)."""
    found = model.base_model(input_ids=input_ids, attention_mask=(input_ids != PAD).long()).last_hidden_state
    before: torch.Tensor = found[:, :-1][places[:, 1:]]
    return torch.cat((before, before.new_ones(len(before), 1)), dim=1)
