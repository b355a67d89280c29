"""Models on disk: half-precision safetensors that transformers' `from_pretrained` reads. Never pickle."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoConfig, PreTrainedConfig, PreTrainedModel
from transformers.initialization import no_init_weights

from llmviz.core import low_rank
from llmviz.core.eight_bits import SCALE, widened
from llmviz.core.settings import Size
from llmviz.models import methods
from llmviz.models.classes import MODELS
from llmviz.text.tokenizers import in_bytes

Stamp = tuple[int, int, int]  # of a file of weights: its inode, its bytes, when it was written

WEIGHTS = "model.safetensors"
FACTORS = "factors.safetensors"  # of LoRA; peft's own file would let from_pretrained add them once more


def save(model: PreTrainedModel, tokenizer: Tokenizer, folder: Path) -> None:
    """Write config.json, model.safetensors (fp16), tokenizer.json and tokenizer_config.json into a folder.

    LoRA's factors are merged into the matrices they change, so that any reader opens it as the plain model it is; beside it they are kept
    as they are (fp32), for a training that begins from here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tied = set(model.all_tied_weights_keys)  # from_pretrained ties them again
    kept = {name: tensor.to("cpu", torch.float16).contiguous() for name, tensor in methods.merged(model).items() if name not in tied}
    save_file(kept, folder / WEIGHTS, {"format": "pt"})
    if factors := methods.factors(model):
        save_file({name: tensor.to("cpu").contiguous() for name, tensor in factors.items()}, folder / FACTORS)
    describe(model, tokenizer, folder)


def save_beside(model: PreTrainedModel, tokenizer: Tokenizer, folder: Path, base: str) -> None:
    """Write of a model that was trained beside a large checkpoint what has moved alone (fp16), with that one's digest; config and tokenizer
    as `save` does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: tensor.to("cpu", torch.float16).contiguous() for name, tensor in methods.moving(model).items()}
    save_file(kept, folder / low_rank.FILE, low_rank.about(base, methods.SCALE))
    describe(model, tokenizer, folder)


def describe(model: PreTrainedModel, tokenizer: Tokenizer, folder: Path) -> None:
    """Write config.json, tokenizer.json and tokenizer_config.json, all that is needed beside the weights."""
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    # The vocabularies of words and pieces know no spaces, so some are taken out again before a full stop; bytes say where they stand.
    (folder / "tokenizer_config.json").write_text(TOKENIZER_CONFIG % json.dumps(not in_bytes(tokenizer)), encoding="utf-8")


TOKENIZER_CONFIG = """{
  "tokenizer_class": "PreTrainedTokenizerFast",
  "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]",
  "clean_up_tokenization_spaces": %s
}
"""


# Nothing is fetched, and no code that lies beside the weights is run, nor asked about.
LOCAL = {"local_files_only": True, "trust_remote_code": False}


def empty(folder: Path) -> PreTrainedModel:
    """A model of the kind the folder holds, with eager attention and meaningless weights. Raises ValueError where it cannot be told."""
    try:
        config = AutoConfig.from_pretrained(folder, **LOCAL)
        config._attn_implementation = "eager"
        with no_init_weights():  # of a large model it takes seconds to draw them
            model: PreTrainedModel = _class(config)(config)
        model.tie_weights()
    except Exception as problem:  # transformers raises whatever a strange configuration makes it stumble over
        raise ValueError(f"config.json of step {folder.name} cannot be read ({type(problem).__name__})") from problem
    model.eval()
    return model


def described(folder: Path) -> tuple[str, Size]:
    """The class of the model in a folder, and its size. Raises ValueError where its config.json cannot be read, or is of a foreign one."""
    try:
        config = AutoConfig.from_pretrained(folder, **LOCAL)
        return _class(config).__name__, Size(config.num_hidden_layers, config.hidden_size, config.num_attention_heads)
    except Exception as problem:  # as above
        raise ValueError(f"there is no model in {folder.name} that can be read ({type(problem).__name__})") from problem


def _class(config: PreTrainedConfig) -> Any:
    name = (config.architectures or [""])[0]
    kind: Any = MODELS.get(name)
    if kind is None or not isinstance(config, kind.config_class):
        raise ValueError(f"{name!r} is no model this program knows")
    return kind


def tensors(folder: Path) -> dict[str, torch.Tensor]:
    """The tensors of a snapshot by name, in half precision where they are kept in eight bits. Raises as safetensors does.

    Where it holds no more than LoRA's factors, they are added to the checkpoint's.
    """
    if low_rank.is_beside(folder):
        return {name: torch.from_numpy(weight) for name, weight in low_rank.whole(folder).items()}
    kept = load_file(folder / WEIGHTS)
    narrow = {name: tensor.numpy() for name, tensor in kept.items() if name.endswith(SCALE) or name + SCALE in kept}
    others = {name: tensor for name, tensor in kept.items() if name not in narrow}  # also in bfloat16, which numpy has not
    return others | {name: torch.from_numpy(weight) for name, weight in widened(narrow).items()}


def stamp(folder: Path) -> Stamp:
    """Another once a snapshot's weights are written anew. Raises OSError where there are none."""
    told = (folder / WEIGHTS).stat()
    return told.st_ino, told.st_size, told.st_mtime_ns


def load(folder: Path) -> PreTrainedModel:
    """The model that `save` wrote, in fp32 for training. Raises ValueError where the folder holds none, or a damaged or foreign one."""
    try:
        config = AutoConfig.from_pretrained(folder, **LOCAL)
        with no_init_weights():  # what it begins with is replaced at once
            model: PreTrainedModel = _class(config)(config)
        model.tie_weights()
        # Not by from_pretrained, whose progress bar can be silenced only for the whole process.
        found = model.load_state_dict(tensors(folder), strict=False)
    except Exception as problem:  # as above, and safetensors has errors of its own
        raise ValueError(f"there is no model in {folder.name} that can be read ({type(problem).__name__})") from problem
    missing = set(found.missing_keys) - set(model.all_tied_weights_keys)
    if missing:  # random ones would stand in their place
        raise ValueError(f"the model in {folder.name} lacks weights: {min(missing)}")
    model.eval()
    return model


def restore(model: PreTrainedModel, folder: Path) -> None:
    """Give a model that trains the weights that `save` wrote of it. Raises ValueError where there are none, or those of another model."""
    if low_rank.is_beside(folder):
        return restore_beside(model, folder)
    kept, file = load(folder).state_dict(), folder / FACTORS
    try:
        methods.restore(model, kept, load_file(file) if file.is_file() else {})
    except (RuntimeError, SafetensorError) as problem:
        raise ValueError(f"the weights kept in {folder.name} are those of another model") from problem


def restore_beside(model: PreTrainedModel, folder: Path) -> None:
    """Give a model what `save_beside` wrote of it. Raises ValueError where there is nothing, or that of another model."""
    try:
        kept = load_file(folder / low_rank.FILE)
        found = model.load_state_dict(kept, strict=False)
    except (OSError, RuntimeError, SafetensorError) as problem:
        raise ValueError(f"the weights kept in {folder.name} are those of another model") from problem
    if found.unexpected_keys or set(found.missing_keys) & methods.moving(model).keys():
        raise ValueError(f"the weights kept in {folder.name} are those of another model")
