"""Tiny causal language models of transformers: GPT-NeoX (GPT with rotary positions) and the original GPT-2."""

from typing import Any

import torch
from transformers import GPT2Config, GPT2LMHeadModel, GPTNeoXConfig, GPTNeoXForCausalLM, PreTrainedModel
from transformers.models.gpt_neox.modeling_gpt_neox import apply_rotary_pos_emb

from llmviz.core.settings import SIZES, ModelSpec
from llmviz.models.masked import INITIALIZER_RANGE
from llmviz.models.packed import Layout, attend
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


def logits_at(model: PreTrainedModel, input_ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Logits at the `places` (batch, n) that are True, of the token that comes next: (number of places, vocabulary), row by row.

    What stands behind a text's last place is not read.
    """
    before = places.flip(1).cumsum(1).flip(1) > 0
    read = Layout.of(before)
    states = {"gpt_neox": _read_by_neox, "gpt2": _read_by_gpt2}[model.config.model_type](model.base_model, input_ids[before], read)
    head: torch.nn.Module = model.get_output_embeddings()
    logits: torch.Tensor = head(states[places[before]])
    return logits


def _read_by_neox(base: Any, ids: torch.Tensor, read: Layout) -> torch.Tensor:
    """Last hidden states of tokens that lie end to end: (tokens), (tokens, width)."""
    heads = base.config.num_attention_heads
    states: torch.Tensor = base.embed_in(ids)
    cosine, sine = (part[0] for part in base.rotary_emb(states, position_ids=read.columns[None]))
    for layer in base.layers:
        query, key, value = layer.attention.query_key_value(layer.input_layernorm(states)).view(len(ids), heads, -1).chunk(3, dim=-1)
        query, key = apply_rotary_pos_emb(query, key, cosine, sine)
        found = layer.attention.dense(attend(query, key, value, heads, read, read, causal=True))
        inner = states if layer.use_parallel_residual else states + found
        states = states + found + layer.mlp(layer.post_attention_layernorm(inner))
    last: torch.Tensor = base.final_layer_norm(states)
    return last


def _read_by_gpt2(base: Any, ids: torch.Tensor, read: Layout) -> torch.Tensor:
    """Last hidden states of tokens that lie end to end: (tokens), (tokens, width)."""
    heads = base.config.num_attention_heads
    states: torch.Tensor = base.wte(ids) + base.wpe(read.columns)
    for block in base.h:
        query, key, value = block.attn.c_attn(block.ln_1(states)).chunk(3, dim=-1)
        states = states + block.attn.c_proj(attend(query, key, value, heads, read, read, causal=True))
        states = states + block.mlp(block.ln_2(states))
    last: torch.Tensor = base.ln_f(states)
    return last
