"""Hash, measure and compare the tensors of snapshots, and LoRA's factors beside the matrices they change."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from llmviz.core import low_rank
from llmviz.core.questions.tensors import Inventory, Tensors
from llmviz.inspect import snapshots
from llmviz.models import files, methods

Weights = Mapping[str, torch.Tensor]


def answer(folders: Mapping[int, Path], question: Tensors) -> list[Inventory]:
    """The inventory of each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, where a snapshot, or the one to compare with, cannot be read.
    """
    if not folders:
        return []
    steps = sorted(folders)
    began = _read(folders[steps[0]].parent / str(question.since))
    return [_inventory(step, folders[step], began) for step in steps]


def _inventory(step: int, folder: Path, began: Weights) -> Inventory:
    tensors, factors, config = _read(folder), _factors(folder), snapshots.config(folder)
    names = snapshots.names(folder)
    norms = [float(tensors[name].norm()) for name in names]
    apart = [float((tensors[name] - began[name]).norm()) / (float(began[name].norm()) or 1.0) for name in names]
    sums = _sums(began, factors, transposed=config.model_type == "gpt2")
    return Inventory(
        step,
        (config.architectures or [""])[0],
        names,
        tuple(tuple(tensors[name].shape) for name in names),
        tuple(_hash(tensors[name]) for name in names),
        np.array(norms, np.float32),
        np.array(apart, np.float32),
        tuple(factors),
        tuple(tuple(factor.shape) for factor in factors.values()),
        tuple(map(_hash, factors.values())),
        tuple(name for name, found in sums.items() if torch.equal(found, tensors[name])),
    )


def _hash(tensor: torch.Tensor) -> str:
    return hashlib.sha256((tensor.contiguous() + 0.0).numpy().tobytes()).hexdigest()  # LoRA's B·A, 0 as it begins, makes 0 of -0


def _factors(folder: Path) -> dict[tuple[str, str], torch.Tensor]:
    """LoRA's factors that are kept beside a snapshot, by the matrix they change and their letter; none where it has none.

    Raises ValueError, in a sentence, where they cannot be read.
    """
    file = folder / files.FACTORS
    try:
        kept = load_file(file) if file.is_file() else {}
    except SafetensorError as problem:
        raise ValueError(f"the factors of step {folder.name} cannot be read ({problem})") from problem
    return {named: factor.float() for named, factor in low_rank.by_matrix(kept).items()}


def _sums(began: Weights, factors: Mapping[tuple[str, str], torch.Tensor], transposed: bool) -> dict[str, torch.Tensor]:
    """The matrices that factors change, by name: as they began, with scale · B·A added (Hu et al. 2021), and rounded as they are kept.

    A model that begins at random weights has them in single precision, of which a snapshot keeps half: there the sum may be another.
    """
    found = {}
    for matrix in {matrix for matrix, _ in factors if matrix in began}:
        product = factors[matrix, "B"] @ factors[matrix, "A"]  # (out, in); GPT-2 keeps its matrices as (in, out)
        found[matrix] = (began[matrix] + methods.SCALE * (product.T if transposed else product)).half().float()
    return found


def _read(folder: Path) -> dict[str, torch.Tensor]:
    return {name: weight.float() for name, weight in snapshots.weights(folder).items()}
