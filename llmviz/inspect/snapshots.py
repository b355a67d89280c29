"""Many snapshots of one model, run at once: their weights are stacked, and one forward pass goes through all of them."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.func import functional_call, vmap
from transformers import PreTrainedConfig, PreTrainedModel

from llmviz.core import low_rank
from llmviz.inspect import beside
from llmviz.models import files
from llmviz.models.classes import CAUSAL, LARGE
from llmviz.text.special import FIRST
from llmviz.text.spelling import visible
from llmviz.text.tokenizers import load_tokenizer, spelling

Weights = dict[str, torch.Tensor]
Tensors = tuple[torch.Tensor, ...]

LOADED = 256  # snapshots kept in half precision, for a class that opens all recordings: 70 MB of the smallest size, 520 MB of the largest
WHOLE = 24  # models kept in single precision, 1 MB of the smallest size, 4 MB of the largest
STACKED = 64_000_000  # bytes of stacks kept, in single precision: some twenty runs of the usual size with all their snapshots
BESIDE = "this run keeps no more than what was learnt beside its checkpoint, and is shown on its own page alone"
AT_ONCE = 8  # snapshots in one pass: more would be no faster and take more memory


def config(folder: Path) -> PreTrainedConfig:
    """What the model of a snapshot is: its class, dimensions, labels."""
    found: PreTrainedConfig = _empty(folder.parent).config
    return found


def tokenizer(folder: Path) -> Tokenizer:
    """How the model of a snapshot reads: to be used, not changed. Raises ValueError, in a sentence, where it is missing or damaged."""
    file = tokenizer_file(folder)
    return _tokenizer(file, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=64)
def _tokenizer(file: Path, _: int) -> Tokenizer:
    return load_tokenizer(file)


def tokenizer_file(folder: Path) -> Path:
    """The tokenizer.json of the run of a snapshot; the snapshot's own in a run made before runs had one for all."""
    own = folder / "tokenizer.json"
    return own if own.is_file() else folder.parent.parent / own.name


def spelt(folder: Path) -> tuple[str, ...]:
    """The vocabulary of a snapshot's model as people read it, by id."""
    file = tokenizer_file(folder)
    return _spelt(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _spelt(file: Path, _: int) -> tuple[str, ...]:
    words = spelling(load_tokenizer(file))
    # In a vocabulary of bytes a space belongs to the word after it; what is nothing else is made visible.
    return tuple(word if id < FIRST else visible(word.removeprefix(" ") if word.strip(" ") else word) for id, word in enumerate(words))


def shape(folder: Path) -> PreTrainedModel:
    """The model of a snapshot without weights of its own: its modules and sizes, shared by all who ask."""
    return _empty(folder.parent)


def names(folder: Path) -> tuple[str, ...]:
    """The tensors of a snapshot's model in the order of the network, tied ones once."""
    shape = _empty(folder.parent)
    return tuple(name for name in shape.state_dict() if name not in shape.all_tied_weights_keys)


def context(folder: Path) -> int:
    """How many tokens the model of a snapshot reads, [CLS] and [SEP] counted."""
    positions: int = config(folder).max_position_embeddings
    return positions


def check_room(folder: Path, tokens: int) -> None:
    """Raise ValueError, in a sentence, where the model of a snapshot does not read so many tokens, [CLS] counted."""
    if tokens > context(folder):
        raise ValueError(f"this prompt has {tokens - 1} tokens; this model reads {context(folder) - 1}")


def looks_back(folder: Path) -> bool:
    """Whether a token sees only what stands before it, as in a GPT."""
    return _empty(folder.parent).config.model_type in CAUSAL


def names_next(folder: Path) -> bool:
    """Whether the model goes on with a text: what it reads then has no end."""
    return looks_back(folder) and _empty(folder.parent).get_output_embeddings() is not None


@torch.no_grad()
def attention(folders: Sequence[Path], input_ids: torch.Tensor) -> torch.Tensor:
    """Attention (snapshot, batch, layer, head, query, key) of inputs (batch, n) without padding; rows sum to 1.

    All snapshots belong to one run. Attention is eager here: only then are its weights to be had.
    """
    inputs = {"input_ids": input_ids, "attention_mask": torch.ones_like(input_ids), "output_attentions": True}
    return read(folders, inputs, lambda found: (torch.stack(found.attentions, dim=1),))[0]


@torch.no_grad()
def logits(folders: Sequence[Path], input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    """Logits (snapshot, batch, …) of many inputs (batch, n), padded on the right."""
    return read(folders, {"input_ids": input_ids, "attention_mask": attention_mask}, lambda found: (found.logits,))[0]


@torch.no_grad()
def read(folders: Sequence[Path], inputs: Mapping[str, Any], wanted: Callable[[Any], Tensors]) -> Tensors:
    """What is `wanted` of the model's outputs on these inputs: one or more tensors, each (snapshot, …) with those of all snapshots."""
    if low_rank.is_beside(folders[0]):
        return beside.read(folders, inputs, wanted)
    shape = _empty(folders[0].parent)

    def forward(stacked: Weights) -> Tensors:
        return wanted(functional_call(shape, stacked, kwargs=dict(inputs), tie_weights=True))

    found = [vmap(forward)(stacked) for stacked in _stacks(folders)]
    return tuple(torch.cat(parts) for parts in zip(*found, strict=True))


def model(folder: Path) -> PreTrainedModel:
    """The model of one snapshot, alone and in single precision; the caller's own."""
    made, kept = files.empty(folder), weights(folder)
    with torch.no_grad():
        for name, weight in made.state_dict().items():
            if name in kept:  # tied ones follow
                weight.copy_(kept[name])
    if sum(weight.numel() for weight in kept.values()) > LARGE:
        _weights.cache_clear()  # not twice in memory
    return made


def whole(folder: Path) -> PreTrainedModel:
    """The same, kept for the next who asks, because to build it takes as long as to write ten tokens: to be run, not to be changed."""
    return _whole(folder, _stamp(folder))


@lru_cache(maxsize=WHOLE)
def _whole(folder: Path, _: files.Stamp) -> PreTrainedModel:
    return model(folder)


def _stacks(folders: Sequence[Path]) -> Iterator[Weights]:
    """The weights of some snapshots at a time, one on another."""
    for first in range(0, len(folders), AT_ONCE):
        yield stacked(folders[first : first + AT_ONCE])[1]


# Stacks by their folders and stamps, those asked for last behind. A worker answers one question after the other: they need no lock.
_kept: OrderedDict[tuple[tuple[Path, files.Stamp], ...], Weights] = OrderedDict()


def stacked(folders: Sequence[Path]) -> tuple[PreTrainedModel, Weights]:
    """The model of a run without weights of its own, and by name those of some of its snapshots: (snapshot, …), in single precision.

    They are kept for the next who asks the same snapshots: to be run, not to be changed.
    """
    key = tuple((folder, _stamp(folder)) for folder in folders)
    if key in _kept:
        _kept.move_to_end(key)
        return _empty(folders[0].parent), _kept[key]
    made = _stack([weights(folder) for folder in folders])
    if (size := _bytes(made)) <= STACKED:
        while size + sum(map(_bytes, _kept.values())) > STACKED:
            _kept.popitem(last=False)
        _kept[key] = made
    return _empty(folders[0].parent), made


def _stack(loaded: Sequence[Weights]) -> Weights:
    return {name: torch.stack([each[name] for each in loaded]).float() for name in loaded[0]}


def _bytes(weights: Weights) -> int:
    return sum(weight.nbytes for weight in weights.values())


@lru_cache(maxsize=64)
def _empty(snapshots: Path) -> PreTrainedModel:
    """The model of a run without weights of its own, nor memory for them; any snapshot tells its shape."""
    there = sorted(snapshots.iterdir()) if snapshots.is_dir() else []
    whole = (folder for folder in there if folder.name.isdecimal())  # a worker may be writing another
    folder = next((folder for folder in whole if (folder / "config.json").is_file()), None)
    if folder is None:
        raise ValueError("this run has kept no snapshot that can be read")
    shape = files.empty(folder)
    for parameter in shape.parameters():
        parameter.data = parameter.new_zeros(()).expand(parameter.shape)
    return shape


def weights(folder: Path) -> Weights:
    """The tensors of one snapshot as they are kept: in half precision, tied ones once. Raises ValueError where they cannot be read."""
    if low_rank.is_beside(folder):
        raise ValueError(BESIDE)
    return _weights(folder, _stamp(folder))


def _stamp(folder: Path) -> files.Stamp:
    try:
        return files.stamp(folder)
    except OSError as problem:
        raise ValueError(f"the snapshot of step {folder.name} cannot be read ({problem.strerror})") from problem


@lru_cache(maxsize=LOADED)
def _weights(folder: Path, _: files.Stamp) -> Weights:
    try:
        found: Weights = files.tensors(folder)
    except Exception as problem:  # safetensors has errors of its own, and torch for a kind of number it does not know
        raise ValueError(f"the snapshot of step {folder.name} cannot be read ({problem})") from problem
    shape = _empty(folder.parent)
    wanted = {name: weight.shape for name, weight in shape.state_dict().items() if name not in shape.all_tied_weights_keys}
    if {name: weight.shape for name, weight in found.items()} != wanted:
        raise ValueError(f"the snapshot of step {folder.name} holds the weights of another model")
    if not all(weight.isfinite().all() for weight in found.values()):
        raise ValueError(f"the snapshot of step {folder.name} holds weights that are no numbers; its training went astray")
    return found
