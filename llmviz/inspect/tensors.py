"""Hash, measure and compare the tensors of snapshots."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from llmviz.core.questions.tensors import Inventory, Tensors
from llmviz.inspect import snapshots


def answer(folders: Mapping[int, Path], question: Tensors) -> list[Inventory]:
    """The inventory of each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, where a snapshot, or the one to compare with, cannot be read.
    """
    if not folders:
        return []
    steps = sorted(folders)
    began = _read(folders[steps[0]].parent / str(question.since))
    return [_inventory(step, folders[step], began) for step in steps]


def _inventory(step: int, folder: Path, began: Mapping[str, torch.Tensor]) -> Inventory:
    tensors = _read(folder)
    names = snapshots.names(folder)
    norms = [float(tensors[name].norm()) for name in names]
    apart = [float((tensors[name] - began[name]).norm()) / (float(began[name].norm()) or 1.0) for name in names]
    return Inventory(
        step,
        (snapshots.config(folder).architectures or [""])[0],
        names,
        tuple(tuple(tensors[name].shape) for name in names),
        tuple(hashlib.sha256(tensors[name].contiguous().numpy().tobytes()).hexdigest() for name in names),
        np.array(norms, np.float32),
        np.array(apart, np.float32),
    )


def _read(folder: Path) -> dict[str, torch.Tensor]:
    return {name: weight.float() for name, weight in snapshots.weights(folder).items()}
