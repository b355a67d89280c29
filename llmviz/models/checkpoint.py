"""A checkpoint in the layout of Hugging Face, read with care: config.json, tokenizer.json, and weights in safetensors, in one file or some.

The folder is somebody else's. No code in it is run and no pickle is opened; its configuration says sizes and no more; all sizes are checked
before anything is allocated, and what is wrong is said in a sentence.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.models.classes import MODELS

READ = ("LlamaForCausalLM", "GPT2LMHeadModel", "GPTNeoXForCausalLM", "BertForMaskedLM")
MOST_PARAMETERS = 400_000_000  # 0.8 GB in half precision, in which they are kept
MOST_BYTES = {"config.json": 1_000_000, "tokenizer.json": 60_000_000}
INDEX = "model.safetensors.index.json"
MOST_BYTES[INDEX] = 10_000_000
HIGHEST = {  # of what a configuration may say, whatever it is called there
    **dict.fromkeys(("num_hidden_layers", "n_layer"), 80),
    **dict.fromkeys(("hidden_size", "n_embd"), 8_192),
    **dict.fromkeys(("num_attention_heads", "n_head", "num_key_value_heads"), 128),
    **dict.fromkeys(("intermediate_size", "n_inner"), 40_000),
    **dict.fromkeys(("max_position_embeddings", "n_positions"), 1_000_000),
    **dict.fromkeys(("vocab_size",), 300_000),
    **dict.fromkeys(("head_dim",), 1_024),
    **dict.fromkeys(("type_vocab_size",), 16),
}
TINY = ("rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon")  # what keeps a norm from dividing by 0
# What else of a configuration changes what the model computes, and its class checks. All else in it is not looked at: classes of its own
# to be loaded (auto_map), kernels to be fetched (attn_implementation), a billion names of labels (num_labels).
OTHERS = (
    *("hidden_act", "activation_function", "tie_word_embeddings", "attention_bias", "mlp_bias"),
    *("rope_theta", "rope_scaling", "rope_parameters", "rotary_pct", "rotary_emb_base", "partial_rotary_factor"),
    *("use_parallel_residual", "scale_attn_weights", "scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn"),
)
NOWHERE = dict.fromkeys(("pad_token_id", "bos_token_id", "eos_token_id"))  # they were ids of the old order
KINDS = (torch.float16, torch.bfloat16, torch.float32)
# As checkpoints have them that were written by an older transformers: BERT's norms, and GPT-NeoX's head.
OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias", "embed_out.": "lm_head."}


@dataclass(frozen=True)
class Checkpoint:
    """A model without weights of its own (on the device "meta"), its weights in half precision, tied ones once, and its tokenizer."""

    model: PreTrainedModel
    weights: dict[str, torch.Tensor]
    tokenizer: Tokenizer


def of_folder(folder: Path) -> Checkpoint:
    """What a folder holds. Raises ValueError, in a sentence, for what is no checkpoint, or none that this program reads."""
    try:
        if not (folder / "config.json").is_file():
            raise ValueError(f"{folder.name} holds no checkpoint: there is no config.json")
        model = described(_json(folder, "config.json"))
        tokenizer = _tokenizer(folder)
        return Checkpoint(model, checked(model, _tensors(folder, model)), tokenizer)
    except OSError as problem:
        raise ValueError(f"{folder.name} can no longer be read ({type(problem).__name__})") from problem


# What kind of model it is


def described(written: Mapping[str, Any]) -> PreTrainedModel:
    """The model that a configuration describes, without weights. Raises ValueError, in a sentence, for none that this program reads."""
    architectures = written.get("architectures")
    name = architectures[0] if isinstance(architectures, list) and architectures else None
    if name not in READ:
        called = name[:60] if isinstance(name, str) else "model of an unknown kind"
        raise ValueError(f"it is a {called}; this program reads {', '.join(READ)}")
    _check_sizes(written)
    kind: Any = MODELS[name]
    wanted = {field: value for field, value in written.items() if field in (*HIGHEST, *TINY, *OTHERS)}
    try:
        config = kind.config_class.from_dict({**wanted, **NOWHERE, "architectures": [name]})
        config._attn_implementation = "eager"
        with torch.device("meta"), torch.no_grad():
            model: PreTrainedModel = kind(config).eval()
            parameters = sum(weight.numel() for weight in model.parameters())
            if parameters <= MOST_PARAMETERS:
                model(input_ids=torch.zeros(1, 2, dtype=torch.long))  # sizes that do not fit one another are found out here
    except Exception as problem:  # transformers raises whatever a strange configuration makes it stumble over
        raise ValueError(f"config.json makes no {name} ({type(problem).__name__})") from problem
    if parameters > MOST_PARAMETERS:
        raise ValueError(f"it has {parameters:,} parameters; {MOST_PARAMETERS:,} are read")
    return model


def _check_sizes(written: Mapping[str, Any]) -> None:
    for field, most in HIGHEST.items():
        value = written.get(field)
        if value is not None and (type(value) is not int or not 0 < value <= most):
            raise ValueError(f"config.json says {field} {_short(value)}; from 1 to {most:,} are read")
    for field in TINY:
        value = written.get(field)
        if value is not None and (type(value) not in (int, float) or not 0 < value <= 1):
            raise ValueError(f"config.json says {field} {_short(value)}; it should be small and above 0")
    nested = [value for field in ("rope_scaling", "rope_parameters") if isinstance(value := written.get(field), dict)]
    for field in ("rope_theta", "rotary_emb_base", "factor"):
        for value in (place.get(field) for place in (written, *nested)):
            if isinstance(value, int | float) and value <= 0:  # positions would be divided by it
                raise ValueError(f"config.json says {field} {_short(value)}; it should be above 0")
    for field, parts in (("hidden_size", "num_attention_heads"), ("n_embd", "n_head"), ("num_attention_heads", "num_key_value_heads")):
        whole, into = written.get(field), written.get(parts)
        if whole and into and whole % into:
            raise ValueError(f"config.json says {field} {whole} and {parts} {into}, which does not divide it")


def _short(value: object) -> str:
    """A value as JSON has it, cut where it is long."""
    said = json.dumps(value)
    return said if len(said) <= 30 else f"{said[:30]}…"


# Weights


def checked(model: PreTrainedModel, tensors: Iterator[tuple[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The tensors in half precision, tied ones once. Raises ValueError, in a sentence, where one is missing, there twice or not finite."""
    tied = model.all_tied_weights_keys  # by name that of the tensor it is one with
    weights: dict[str, torch.Tensor] = {}
    for name, tensor in tensors:
        half = tensor.to(torch.float16)
        if name in weights:
            raise ValueError(f"{name} is there twice")
        if not half.isfinite().all():
            problem = "too large for half precision" if tensor.isfinite().all() else "no numbers"
            raise ValueError(f"{name} holds weights that are {problem}")
        weights[name] = half
    for name in tied.keys() & weights.keys():
        if tied[name] in weights and not torch.equal(weights[name], weights[tied[name]]):
            raise ValueError(f"config.json says that {name} is {tied[name]}, and they differ")
    kept = [name for name in model.state_dict() if name not in tied]
    if missing := sorted(set(kept) - weights.keys()):
        raise ValueError(f"it is half a checkpoint: {missing[0]} is missing")
    return {name: weights[name].contiguous() for name in kept}


def check_shape(name: str, shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """Raise ValueError, in a sentence, for a tensor of another shape than the model has."""
    if shape != wanted:
        raise ValueError(f"{name} is {shape}, and in a model as config.json describes it {wanted}")


def _tensors(folder: Path, model: PreTrainedModel) -> Iterator[tuple[str, torch.Tensor]]:
    """Those tensors of a folder that the model has, by its names."""
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    for file in _weight_files(folder):
        try:
            with safe_open(file, "pt") as opened:
                for key in opened.keys():  # noqa: SIM118 - it is no dictionary
                    name = _name(key, shapes, model.base_model_prefix)
                    if name is None:
                        continue
                    check_shape(name, tuple(opened.get_slice(key).get_shape()), shapes[name])
                    tensor = opened.get_tensor(key)
                    if tensor.dtype not in KINDS:
                        raise ValueError(f"{name} is in {str(tensor.dtype).removeprefix('torch.')}; float16, bfloat16 and float32 are read")
                    yield name, tensor
        except (ValueError, OSError):
            raise
        except Exception as problem:  # safetensors has errors of its own
            raise ValueError(f"{file.name} is no whole safetensors file ({type(problem).__name__})") from problem


def _name(key: str, names: Mapping[str, object], prefix: str) -> str | None:
    """The model's name of a tensor: some checkpoints leave out the prefix of the body, as GPT-2's does."""
    for old, new in OLD_NAMES.items():
        key = key.replace(old, new)
    return next((name for name in (key, f"{prefix}.{key}") if name in names), None)


def _weight_files(folder: Path) -> list[Path]:
    """The one file of weights, or those that the index names."""
    if (folder / "model.safetensors").exists():
        return [_inside(folder, "model.safetensors")]
    if (folder / INDEX).exists():
        placed = _json(folder, INDEX).get("weight_map")
        if not isinstance(placed, dict) or not all(isinstance(name, str) for name in placed.values()):
            raise ValueError(f"{INDEX} does not say which file holds which tensor")
        return [_inside(folder, name) for name in sorted(set(placed.values()))]
    if any(folder.glob("*.bin")):
        raise ValueError(f"{folder.name} holds its weights as a pickle, which can run code and is never read; save them as safetensors")
    raise ValueError(f"{folder.name} is half a checkpoint: there is no model.safetensors")


# Files


def _inside(folder: Path, name: str) -> Path:
    """A file of the folder. Raises ValueError, in a sentence, for none, and for a name or a link that leads elsewhere."""
    file = folder / name
    if file.name != name or not file.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{name[:60]} leads out of the folder")
    if not file.is_file():
        raise ValueError(f"{folder.name} is half a checkpoint: there is no {name[:60]}")
    return file


def _tokenizer(folder: Path) -> Tokenizer:
    _json(folder, "tokenizer.json")
    try:
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # the library raises bare Exception, and where its Rust panics not even that
        raise ValueError(f"tokenizer.json cannot be read as a tokenizer ({str(problem)[:100]})") from problem


def _json(folder: Path, name: str) -> dict[str, Any]:
    file = _inside(folder, name)
    if (size := file.stat().st_size) > MOST_BYTES[name]:
        raise ValueError(f"{name} has {size:,} bytes; {MOST_BYTES[name]:,} are read")
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        json.dumps(found, allow_nan=False)  # NaN and Infinity are no JSON, though Python reads them
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"{name} is no JSON") from problem
    if not isinstance(found, dict):
        raise ValueError(f"{name} is no JSON object")
    return found
