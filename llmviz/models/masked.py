"""Tiny masked language models of transformers: RoFormer (BERT with rotary positions) and the original BERT."""

from typing import Any

import torch
from transformers import BertConfig, BertForMaskedLM, PreTrainedModel, RoFormerConfig, RoFormerForMaskedLM

from llmviz.core.settings import SIZES, ModelSpec
from llmviz.models.packed import Layout, attend

CLASSES = {"roformer": (RoFormerConfig, RoFormerForMaskedLM), "bert": (BertConfig, BertForMaskedLM)}

# BERT's 0.02 suits a width of 768. At 64 it is too short: words of a kind then grow alike before the model can tell them apart.
INITIALIZER_RANGE = 0.06


def random_start(spec: ModelSpec, vocabulary: int, context: int, seed: int) -> PreTrainedModel:
    """A model with random weights that reads up to `context` tokens. The same seed gives the same weights."""
    config_class, model_class = CLASSES[spec.architecture]
    config = configured(config_class, spec, vocabulary, context)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: PreTrainedModel = model_class(config)
    return model


def configured(config_class: Any, spec: ModelSpec, vocabulary: int, context: int) -> Any:
    """The configuration of a tiny model that reads both ways, whatever heads it has."""
    size = SIZES[spec.size]
    return config_class(
        vocab_size=vocabulary,
        hidden_size=size.width,
        embedding_size=size.width,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=4 * size.width,
        max_position_embeddings=context,
        type_vocab_size=2,
        # No dropout: within a minute of training the model never sees enough of the text to learn it by heart.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=0,
        hidden_act="relu",  # the backward pass of BERT's gelu takes seven times as long, a tenth of a whole step
        initializer_range=INITIALIZER_RANGE,
    )


def moved(model: PreTrainedModel, device: str) -> PreTrainedModel:
    """The model on this device. Raises ValueError, in a sentence, where the machine has none of the kind."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there[device]:
        raise ValueError(f"Device: this machine has no {device} that torch can use")
    torch.nn.Module.to(model, torch.device(device))
    return model


def states_at(
    model: PreTrainedModel,
    input_ids: torch.Tensor,
    attention_mask: torch.Tensor,
    places: torch.Tensor,
    token_type_ids: torch.Tensor | None = None,
) -> torch.Tensor:
    """The encoder's last hidden states where `places` (batch, n) is True, row by row: (number of places, width).

    A step is the shorter for all that it leaves out: padding, and in the last layer every place without a loss, most of its work.
    """
    base: Any = model.base_model
    heads = model.config.num_attention_heads
    real = attention_mask.bool()
    read, asked = Layout.of(real), Layout.of(places)
    states: torch.Tensor = base.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)[real]
    turns = _turns(base, input_ids.shape[1])
    layers = list(base.encoder.layer)
    for layer in layers:
        asking, own = (asked, states[places[real]]) if layer is layers[-1] else (read, states)
        attention = layer.attention.self
        query, key, value = attention.query(own), attention.key(states), attention.value(states)
        if turns is not None:
            query, key = _turned(query, turns[asking.columns], heads), _turned(key, turns[read.columns], heads)
        found = layer.attention.output(attend(query, key, value, heads, asking, read), own)
        states = layer.output(layer.intermediate(found), found)
    return states


def _turns(base: Any, length: int) -> torch.Tensor | None:
    """RoFormer's rotations, as complex numbers: (length, 1, half the width of a head). None for BERT, whose places are learnt."""
    if not hasattr(base.encoder, "embed_positions"):
        return None
    sine, cosine = base.encoder.embed_positions.weight[:length].chunk(2, dim=-1)
    return torch.complex(cosine, sine)[:, None]


def _turned(states: torch.Tensor, turns: torch.Tensor, heads: int) -> torch.Tensor:
    """Queries or keys (tokens, width), each pair of numbers turned by its token's rotations (Su et al. 2021, section 3.2.2)."""
    pairs = torch.view_as_complex(states.unflatten(1, (heads, -1, 2)))
    return torch.view_as_real(pairs * turns).flatten(1)


def logits_at(model: PreTrainedModel, input_ids: torch.Tensor, attention_mask: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Logits where `places` (batch, n) is True, row by row: (number of places, vocabulary).

    At small widths the projection onto the vocabulary is a large part of a step, so it is taken only where a loss is.
    """
    head: torch.nn.Module = model.get_submodule("cls.predictions")
    logits: torch.Tensor = head(states_at(model, input_ids, attention_mask, places))
    return logits


def parameters(model: PreTrainedModel) -> int:
    """How many numbers training moves; tied weights count once."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
