"""A BERT, box by box: blocks that look both ways, and normalise what they have added to the stream (Devlin et al. 2019, section 3)."""

from typing import Any

import torch
from transformers import PreTrainedModel

from llmviz.experiments.architecture.tape_answer import Tape


def walk(model: PreTrainedModel, tape: Tape, ids: torch.Tensor) -> int:
    """Put all boxes of a BERT that reads these ids (n) on the tape; the place of what its head reads."""
    config: Any = model.config
    body = model.base_model_prefix
    heads, eps = config.num_attention_heads, config.layer_norm_eps
    rotary = config.model_type == "roformer"
    tape.stage("embeddings")
    parts = [tape.lookup("token embedding", f"{body}.embeddings.word_embeddings.weight", ids, 0)]
    parts.append(tape.lookup("segment embedding", f"{body}.embeddings.token_type_embeddings.weight", torch.zeros_like(ids), 0))
    if not rotary:
        parts.append(tape.lookup("position embedding", f"{body}.embeddings.position_embeddings.weight", torch.arange(len(ids)), 0))
    stream = tape.stream(tape.layer_norm("norm", tape.add("sum", *parts), f"{body}.embeddings.LayerNorm", eps))
    cos, sin = _angles(model, len(ids)) if rotary else (None, None)
    for number in range(config.num_hidden_layers):
        tape.stage(f"block {number + 1}")
        layer = f"{body}.encoder.layer.{number}"
        own = {name: tape.linear_of(f"{layer}.attention.self.{name}") for name in ("query", "key", "value")}
        query, key, value = (tape.linear(name, stream, matrix, heads) for name, matrix in own.items())
        if cos is not None and sin is not None:
            query = tape.turn("query, turned", query, cos, sin, neighbours=True)
            key = tape.turn("key, turned", key, cos, sin, neighbours=True)
        scores = tape.scores("scores", query, key, tape.values(query).shape[-1] ** -0.5)
        mixed = tape.mix("values, mixed", tape.softmax("attention", scores, causal=False), value)
        added = tape.add("stream + attention", stream, tape.linear("output", mixed, tape.linear_of(f"{layer}.attention.output.dense")))
        stream = tape.stream(tape.layer_norm("norm", added, f"{layer}.attention.output.LayerNorm", eps))
        inner = tape.linear("wider", stream, tape.linear_of(f"{layer}.intermediate.dense"))
        inner = tape.activation("activation", inner, config.hidden_act)
        added = tape.add("stream + feed-forward", stream, tape.linear("narrower", inner, tape.linear_of(f"{layer}.output.dense")))
        stream = tape.stream(tape.layer_norm("second norm", added, f"{layer}.output.LayerNorm", eps))
    tape.stage("head")
    return stream


def transformed(tape: Tape, stream: int, config: Any) -> int:
    """What a BERT's head for words makes of the stream before it names words (`cls.predictions.transform`)."""
    head = "cls.predictions.transform"
    dense = tape.activation("activation", tape.linear("dense", stream, tape.linear_of(f"{head}.dense")), config.hidden_act)
    return tape.layer_norm("head norm", dense, f"{head}.LayerNorm", config.layer_norm_eps)


def _angles(model: Any, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosine and sine of the angle by which each number of a head turns at each place: (n, size of a head)."""
    sin, cos = model.get_submodule(f"{model.base_model_prefix}.encoder").embed_positions((1, count)).chunk(2, -1)
    return cos.repeat_interleave(2, -1), sin.repeat_interleave(2, -1)
