"""Tiny causal language models of transformers: GPT-NeoX (GPT with rotary positions) and the original GPT-2."""

from typing import Any

import torch
from transformers import GPT2Config, GPT2LMHeadModel, GPTNeoXConfig, GPTNeoXForCausalLM, PreTrainedModel

from llmviz.core.settings import SIZES, ModelSpec
from llmviz.models.masked import INITIALIZER_RANGE
from llmviz.text.special import CLS, PAD, SEP


def random_start(spec: ModelSpec, vocabulary: int, context: int, seed: int) -> PreTrainedModel:
    """A model with random weights that reads up to `context` tokens. The same seed gives the same weights."""
    size = SIZES[spec.size]
    dimensions: dict[str, Any] = {
        "vocab_size": vocabulary,
        "hidden_size": size.width,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "max_position_embeddings": context,
        "initializer_range": INITIALIZER_RANGE,
        "tie_word_embeddings": True,
        "pad_token_id": PAD,
        "bos_token_id": CLS,
        "eos_token_id": SEP,  # where generation ends
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return {"neox": _neox, "gpt2": _gpt2}[spec.architecture](dimensions, 4 * size.width)


# Both take relu, whose backward pass costs a seventh of gelu's, and no dropout: within a minute of training a model never sees enough
# of the text to learn it by heart.
def _neox(dimensions: dict[str, Any], inner: int) -> PreTrainedModel:
    """NeoX with GPT-2's order of things: attention first, then the feed-forward part; all of a head's dimensions turn with the position."""
    config = GPTNeoXConfig(
        **dimensions,
        intermediate_size=inner,
        hidden_act="relu",
        use_parallel_residual=False,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 1.0},
    )
    return GPTNeoXForCausalLM(config)


def _gpt2(dimensions: dict[str, Any], inner: int) -> PreTrainedModel:
    config = GPT2Config(**dimensions, n_inner=inner, activation_function="relu", resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    return GPT2LMHeadModel(config)
