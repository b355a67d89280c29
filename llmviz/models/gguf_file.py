"""A Llama in a GGUF file, the one file that llama.cpp reads: weights in 4 or 8 bits, unpacked here, its configuration and its vocabulary.

The package gguf reads it (`python3 start.py install real`); a test holds the logits to those that transformers makes of the same file.
"""

import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedModel

from llmviz.models.checkpoint import Checkpoint, check_shape, checked, described

FIELDS = {
    "vocab_size": "vocab_size",
    "hidden_size": "embedding_length",
    "num_hidden_layers": "block_count",
    "intermediate_size": "feed_forward_length",
    "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv",
    "head_dim": "attention.key_length",
    "max_position_embeddings": "context_length",
    "rms_norm_eps": "attention.layer_norm_rms_epsilon",
    "rope_theta": "rope.freq_base",
}
NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
# How text is cut before its bytes are merged. SmolLM's way, every digit alone, is that of the tokenizer it was trained with.
BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False)
CUTS = {
    "gpt-2": BYTES,
    "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), BYTES]),
}
CONTROL = 3  # the type of a token that no text becomes


def of_gguf(file: Path) -> Checkpoint:
    """What a GGUF file holds. Raises ValueError, in a sentence, for none, and for another model than a Llama."""
    try:
        gguf: Any = importlib.import_module("gguf")  # not by name: the types of what need not be installed cannot be checked
    except ImportError as problem:
        raise ValueError("a GGUF file is read by the package gguf, which is not installed: python3 start.py install real") from problem
    try:
        reader = gguf.GGUFReader(file)
        fields = {name: field.contents() for name, field in reader.fields.items() if field.types}
        packed = {tensor.name: tensor for tensor in reader.tensors}
    except Exception as problem:  # it raises whatever a strange file makes it stumble over
        raise ValueError(f"{file.name} is no whole GGUF file ({type(problem).__name__})") from problem
    model = described(_configuration(fields, "output.weight" not in packed))
    tokenizer = _tokenizer(fields)
    return Checkpoint(model, checked(model, _tensors(gguf, packed, model)), tokenizer)


def _configuration(fields: Mapping[str, Any], tied: bool) -> dict[str, Any]:
    """What config.json would say."""
    kind = fields.get("general.architecture")
    if kind != "llama" or any(name.startswith(("llama.rope.scaling.", "llama.expert_")) for name in fields):
        raise ValueError(f"it is a GGUF file of another model ({str(kind)[:60]}); of these, plain Llamas are read")
    found = {ours: fields[f"llama.{theirs}"] for ours, theirs in FIELDS.items() if f"llama.{theirs}" in fields}
    if "vocab_size" not in found:
        found["vocab_size"] = len(fields.get("tokenizer.ggml.tokens", ()))
    return {"architectures": ["LlamaForCausalLM"], "tie_word_embeddings": tied, **found}


def _tensors(gguf: Any, packed: Mapping[str, Any], model: PreTrainedModel) -> Iterator[tuple[str, torch.Tensor]]:
    """Its tensors unpacked, one by one, by the names that transformers has for them."""
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    heads = {"attn_q": model.config.num_attention_heads, "attn_k": model.config.num_key_value_heads}
    for name, tensor in packed.items():
        block, part, kind = _parts(name)
        ours = f"model.layers.{block}.{NAMES[part]}.{kind}" if block is not None else f"{NAMES[part]}.{kind}"
        if ours not in shapes:
            raise ValueError(f"it has a tensor that a plain Llama has not: {name[:60]}")
        check_shape(ours, tuple(int(size) for size in reversed(tensor.shape)), shapes[ours])
        try:
            weight = torch.from_numpy(gguf.dequantize(tensor.data, tensor.tensor_type).copy()).reshape(shapes[ours])
        except Exception as problem:  # NotImplementedError for a packing that it does not know
            raise ValueError(f"{name[:60]} is packed in a way that cannot be read ({type(problem).__name__})") from problem
        yield ours, _halves(weight, heads[part]) if part in heads else weight


def _parts(name: str) -> tuple[str | None, str, str]:
    """The number of the block, the part and the kind that a tensor's name is made of."""
    parts = re.fullmatch(r"(?:blk\.(\d{1,3})\.)?(\w+)\.(weight|bias)", name)
    if parts is None or parts[2] not in NAMES:
        raise ValueError(f"it has a tensor that a plain Llama has not: {name[:60]}")
    return parts[1], parts[2], parts[3]


def _halves(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """The rows of a head in transformers' order: llama.cpp rotates neighbours, 0 with 1, transformers the halves, 0 with dim / 2."""
    turned: torch.Tensor = weight.unflatten(0, (heads, -1, 2)).transpose(1, 2).flatten(0, 2)  # (head, pair, 2, …) -> (head, 2, pair, …)
    return turned


def _tokenizer(fields: Mapping[str, Any]) -> Tokenizer:
    cut = CUTS.get(fields.get("tokenizer.ggml.pre", "gpt-2"))
    if fields.get("tokenizer.ggml.model") != "gpt2" or cut is None:
        said = f"{fields.get('tokenizer.ggml.model')}, {fields.get('tokenizer.ggml.pre')}"
        raise ValueError(f"its tokenizer is of a kind that this program does not read ({said[:60]})")
    try:
        entries: list[str] = fields["tokenizer.ggml.tokens"]
        merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"]]
        tokenizer = Tokenizer(models.BPE({entry: id for id, entry in enumerate(entries)}, merges))
        kinds = zip(entries, fields["tokenizer.ggml.token_type"], strict=True)
        tokenizer.add_special_tokens([AddedToken(entry, special=True, normalized=False) for entry, kind in kinds if kind == CONTROL])
    except Exception as problem:  # the library raises bare Exception
        raise ValueError(f"its vocabulary cannot be read as a tokenizer ({type(problem).__name__})") from problem
    tokenizer.pre_tokenizer = cut
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
