"""Tiny masked language models of transformers: RoFormer (BERT with rotary positions) and the original BERT."""

from typing import Any

import torch
from transformers import BertConfig, BertForMaskedLM, PreTrainedModel, RoFormerConfig, RoFormerForMaskedLM

from llmviz.core.settings import SIZES, ModelSpec

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


def parameters(model: PreTrainedModel) -> int:
    """How many numbers training moves; tied weights count once."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
