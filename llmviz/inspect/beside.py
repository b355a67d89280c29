"""Snapshots of what LoRA learnt beside a large checkpoint: one model in memory, whose factors and head are exchanged."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from transformers import PreTrainedModel

from llmviz.core import low_rank
from llmviz.models import files, methods


@torch.no_grad()
def read(folders: Sequence[Path], inputs: Mapping[str, Any], wanted: Callable[[Any], tuple[torch.Tensor, ...]]) -> tuple[torch.Tensor, ...]:
    """What is `wanted` of the model's outputs on these inputs, each (snapshot, …), one snapshot of one run after the other.

    Raises ValueError, in a sentence, where the checkpoint is no longer there, or a snapshot is not of this run.
    """
    found, first = [], folders[0]
    model = _model(first.parent, low_rank.base(first), _rank(first))
    for folder in folders:
        files.restore_beside(model, folder)
        found.append(wanted(model(**inputs)))
    return tuple(torch.stack(parts) for parts in zip(*found, strict=True))


@lru_cache(maxsize=1)  # half a gigabyte
def _model(snapshots: Path, base: Path, rank: int) -> PreTrainedModel:
    """The run's model as it began, in single precision, with factors of this rank; without, of 0."""
    newest = max((folder for folder in snapshots.iterdir() if folder.name.isdecimal()), key=lambda folder: int(folder.name))
    model = files.empty(newest)
    begun = {name: weight for name, weight in files.tensors(base).items() if name in model.state_dict()}
    model.load_state_dict(begun, strict=False)  # the new head comes with each snapshot
    ready = methods.prepared(model, "lora" if rank else "head", rank or 1, 0)
    ready.eval()
    return ready


def _rank(folder: Path) -> int:
    """Of the factors in a snapshot: A has so many rows. 0 where the head alone was trained."""
    with safe_open(folder / low_rank.FILE, "pt") as opened:
        first = next((name for name in opened.keys() if (factor := low_rank.FACTOR.search(name)) and factor[1] == "A"), None)  # noqa: SIM118 - it is no dictionary
        return int(opened.get_slice(first).get_shape()[0]) if first else 0
