"""A GPT, box by box: blocks that normalise first, look back, and add to the stream (Radford et al. 2019, section 2.3)."""

from typing import Any

import torch
from transformers import PreTrainedModel

from llmviz.experiments.architecture.tape_answer import Linear, Tape


def walk(model: PreTrainedModel, tape: Tape, ids: torch.Tensor) -> int:
    """Put all boxes of a GPT that reads these ids (n) on the tape; the place of what its head reads."""
    return {"gpt_neox": _neox, "gpt2": _gpt2, "llama": _llama}[model.config.model_type](model, tape, ids)


def _neox(model: Any, tape: Tape, ids: torch.Tensor) -> int:
    config = model.config
    tape.stage("embeddings")
    stream = tape.stream(tape.lookup("token embedding", "gpt_neox.embed_in.weight", ids, 0))
    places = torch.arange(len(ids))[None]
    cos, sin = (each[0] for each in model.gpt_neox.rotary_emb(tape.values(stream), places))  # (n, size of a head)
    for number in range(config.num_hidden_layers):
        tape.stage(f"block {number + 1}")
        layer = f"gpt_neox.layers.{number}"
        normed = tape.layer_norm("norm", stream, f"{layer}.input_layernorm", config.layer_norm_eps)
        queries, keys, values = _by_head(tape.linear_of(f"{layer}.attention.query_key_value"), config.num_attention_heads)
        query = tape.linear("query", normed, queries, config.num_attention_heads)
        key = tape.linear("key", normed, keys, config.num_attention_heads)
        value = tape.linear("value", normed, values, config.num_attention_heads)
        query = tape.turn("query, turned", query, cos, sin, neighbours=False)
        key = tape.turn("key, turned", key, cos, sin, neighbours=False)
        mixed = _look(tape, query, key, value)
        added = tape.linear("output", mixed, tape.linear_of(f"{layer}.attention.dense"))
        stream = tape.stream(tape.add("stream + attention", stream, added))
        normed = tape.layer_norm("second norm", stream, f"{layer}.post_attention_layernorm", config.layer_norm_eps)
        inner = tape.linear("wider", normed, tape.linear_of(f"{layer}.mlp.dense_h_to_4h"))
        inner = tape.activation("activation", inner, config.hidden_act)
        added = tape.linear("narrower", inner, tape.linear_of(f"{layer}.mlp.dense_4h_to_h"))
        stream = tape.stream(tape.add("stream + feed-forward", stream, added))
    tape.stage("head")
    return tape.layer_norm("final norm", stream, "gpt_neox.final_layer_norm", config.layer_norm_eps)


def _gpt2(model: Any, tape: Tape, ids: torch.Tensor) -> int:
    config = model.config
    tape.stage("embeddings")
    words = tape.lookup("token embedding", "transformer.wte.weight", ids, 0)
    places = tape.lookup("position embedding", "transformer.wpe.weight", torch.arange(len(ids)), 0)
    stream = tape.stream(tape.add("token + position", words, places))
    for number in range(config.n_layer):
        tape.stage(f"block {number + 1}")
        layer = f"transformer.h.{number}"
        normed = tape.layer_norm("norm", stream, f"{layer}.ln_1", config.layer_norm_epsilon)
        whole = _turned(tape.linear_of(f"{layer}.attn.c_attn"))
        parts = [whole.rows(slice(first, first + config.n_embd)) for first in range(0, 3 * config.n_embd, config.n_embd)]
        named = zip(("query", "key", "value"), parts, strict=True)
        query, key, value = (tape.linear(name, normed, part, config.n_head) for name, part in named)
        mixed = _look(tape, query, key, value)
        added = tape.linear("output", mixed, _turned(tape.linear_of(f"{layer}.attn.c_proj")))
        stream = tape.stream(tape.add("stream + attention", stream, added))
        normed = tape.layer_norm("second norm", stream, f"{layer}.ln_2", config.layer_norm_epsilon)
        inner = tape.linear("wider", normed, _turned(tape.linear_of(f"{layer}.mlp.c_fc")))
        inner = tape.activation("activation", inner, config.activation_function)
        added = tape.linear("narrower", inner, _turned(tape.linear_of(f"{layer}.mlp.c_proj")))
        stream = tape.stream(tape.add("stream + feed-forward", stream, added))
    tape.stage("head")
    return tape.layer_norm("final norm", stream, "transformer.ln_f", config.layer_norm_epsilon)


def _llama(model: Any, tape: Tape, ids: torch.Tensor) -> int:
    """Llama (Touvron et al. 2023, section 2.2): norms without mean, a gated feed-forward part; heads may share keys and values."""
    config = model.config
    tape.stage("embeddings")
    stream = tape.stream(tape.lookup("token embedding", "model.embed_tokens.weight", ids, 0))
    cos, sin = (each[0] for each in model.model.rotary_emb(tape.values(stream), torch.arange(len(ids))[None]))  # (n, size of a head)
    heads, shared = config.num_attention_heads, config.num_key_value_heads
    for number in range(config.num_hidden_layers):
        tape.stage(f"block {number + 1}")
        layer = f"model.layers.{number}"
        normed = tape.rms_norm("norm", stream, f"{layer}.input_layernorm", config.rms_norm_eps)
        query = tape.linear("query", normed, tape.linear_of(f"{layer}.self_attn.q_proj"), heads)
        key = tape.linear("key", normed, tape.linear_of(f"{layer}.self_attn.k_proj"), shared)
        value = tape.linear("value", normed, tape.linear_of(f"{layer}.self_attn.v_proj"), shared)
        query = tape.turn("query, turned", query, cos, sin, neighbours=False)
        key = tape.turn("key, turned", key, cos, sin, neighbours=False)
        added = tape.linear("output", _look(tape, query, key, value), tape.linear_of(f"{layer}.self_attn.o_proj"))
        stream = tape.stream(tape.add("stream + attention", stream, added))
        normed = tape.rms_norm("second norm", stream, f"{layer}.post_attention_layernorm", config.rms_norm_eps)
        gate = tape.activation(
            "gate", tape.linear("wider, for the gate", normed, tape.linear_of(f"{layer}.mlp.gate_proj")), config.hidden_act
        )
        inner = tape.multiply("gated", gate, tape.linear("wider", normed, tape.linear_of(f"{layer}.mlp.up_proj")))
        added = tape.linear("narrower", inner, tape.linear_of(f"{layer}.mlp.down_proj"))
        stream = tape.stream(tape.add("stream + feed-forward", stream, added))
    tape.stage("head")
    return tape.rms_norm("final norm", stream, "model.norm", config.rms_norm_eps)


def _look(tape: Tape, query: int, key: int, value: int) -> int:
    """Causal attention: each token takes in what stands before it."""
    scores = tape.scores("scores", query, key, tape.values(query).shape[-1] ** -0.5)
    return tape.mix("values, mixed", tape.softmax("attention", scores, causal=True), value)


def _by_head(whole: Linear, heads: int) -> list[Linear]:
    """Queries, keys and values out of one matrix that holds them head by head, as NeoX does."""
    rows = torch.arange(len(whole.weight)).view(heads, 3, -1)  # the outputs by head, kind, number
    return [whole.rows(rows[:, kind].flatten()) for kind in range(3)]


def _turned(conv: Linear) -> Linear:
    """GPT-2 keeps its matrices the other way round, (inputs, outputs)."""
    return Linear(conv.weight.T, conv.bias, conv.tensors)
