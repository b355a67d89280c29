"""A T5, box by box: a stack of blocks reads, another writes and looks at what was read (Raffel et al. 2020, section 2.1)."""

from typing import Any

import torch
from transformers import PreTrainedModel

from llmviz.experiments.architecture.tape_answer import NONE, Tape

READ, WRITTEN = 0, 1  # sequences


def walk(model: PreTrainedModel, tape: Tape, ids: torch.Tensor, written: torch.Tensor) -> int:
    """Put all boxes of a T5 that reads these ids (n) and has written those (m) on the tape; the place of what its head reads."""
    config: Any = model.config
    tape.stage("embeddings")
    read = tape.lookup("token embedding", "shared.weight", ids, READ)
    memory = _stack(model, tape, "encoder", "reader", config.num_layers, read, None)
    tape.stage("writer: embeddings")
    table = tape.lookup("embedding of what is written", "shared.weight", written, WRITTEN, again=True)
    stream = _stack(model, tape, "decoder", "writer", config.num_decoder_layers, table, memory)
    tape.stage("head")
    if config.scale_decoder_outputs:
        stream = tape.scale("scaled", stream, config.d_model**-0.5)
    return stream


def _stack(model: Any, tape: Tape, stack: str, name: str, layers: int, stream: int, memory: int | None) -> int:
    """A stack of blocks and the norm behind them; one with a `memory` looks at that too."""
    tape.streams.clear()  # those of the reader are not what the head reads
    tape.stream(stream)
    eps, count = model.config.layer_norm_epsilon, tape.values(stream).shape[1]
    first = model.get_submodule(f"{stack}.block.0.layer.0.SelfAttention")  # its biases serve all blocks of the stack
    bias = first.compute_bias(count, count)[0]
    table = f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
    for number in range(layers):
        tape.stage(f"{name}: block {number + 1}")
        layer = f"{stack}.block.{number}.layer"
        normed = tape.rms_norm("norm", stream, f"{layer}.0.layer_norm", eps)
        own = f"{layer}.0.SelfAttention"
        added = _look(model, tape, "", own, normed, normed, bias, "" if number else table, causal=memory is not None)
        stream = tape.stream(tape.add("stream + attention", stream, added))
        if memory is not None:
            normed = tape.rms_norm("norm before the text", stream, f"{layer}.1.layer_norm", eps)
            added = _look(model, tape, " at the text", f"{layer}.1.EncDecAttention", normed, memory)
            stream = tape.stream(tape.add("stream + text", stream, added))
        last = f"{layer}.{1 if memory is None else 2}"
        normed = tape.rms_norm("second norm", stream, f"{last}.layer_norm", eps)
        inner = tape.linear("wider", normed, tape.linear_of(f"{last}.DenseReluDense.wi"))
        inner = tape.activation("activation", inner, model.config.dense_act_fn)
        added = tape.linear("narrower", inner, tape.linear_of(f"{last}.DenseReluDense.wo"))
        stream = tape.stream(tape.add("stream + feed-forward", stream, added))
    return tape.rms_norm("final norm", stream, f"{stack}.final_layer_norm", eps)


def _look(
    model: Any,
    tape: Tape,
    what: str,
    module: str,
    seen: int,
    looked_at: int,
    bias: torch.Tensor = NONE,
    table: str = "",
    causal: bool = False,
) -> int:
    """Attention with its own four matrices, by distance where there is a bias; scores are not scaled."""
    heads = model.config.num_heads
    query = tape.linear(f"query{what}", seen, tape.linear_of(f"{module}.q"), heads)
    key = tape.linear(f"key{what}", looked_at, tape.linear_of(f"{module}.k"), heads)
    value = tape.linear(f"value{what}", looked_at, tape.linear_of(f"{module}.v"), heads)
    scores = tape.scores(f"scores{what}", query, key, model.get_submodule(module).scaling, bias, table)
    mixed = tape.mix(f"values{what}, mixed", tape.softmax(f"attention{what}", scores, causal), value)
    return tape.linear(f"output{what}", mixed, tape.linear_of(f"{module}.o"))
