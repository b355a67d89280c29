"""What LoRA adds to a large model, kept without it: the factors and the new head, in one small file beside the name of what they belong to.

A change of a matrix W is scale · B·A, of B (out × rank) and A (rank × in): Hu et al. 2021 (https://arxiv.org/abs/2106.09685), section 4.1.
A snapshot of a model with 135 million parameters so takes 5 MB in place of 270.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from safetensors.numpy import load_file

from llmviz.core.checkpoint import place
from llmviz.core.home import home

Array = npt.NDArray[Any]
Tensor = TypeVar("Tensor")
FILE = "adapter.safetensors"
BESIDE = "beside"  # what the file says of itself, in one line, for several would come in any order: the checkpoint, and the scale of B·A
WEIGHTS = "model.safetensors"
FACTOR = re.compile(r"\.lora_([AB])\.\w+\.")  # as peft names one behind the module whose matrix it changes
_HEAD_BEFORE = ("lm_head.",)  # named words, and gave way to the new one


def is_beside(snapshot: Path) -> bool:
    """Whether a snapshot holds no more than what was learnt beside a checkpoint."""
    return (snapshot / FILE).is_file()


def base(snapshot: Path) -> Path:
    """The folder of the checkpoint that such a snapshot belongs to. Raises ValueError, in a sentence, where it is not on this machine."""
    digest, _ = _about(snapshot)
    found = place(home(), digest)
    if not (found / WEIGHTS).is_file():
        raise ValueError(f"the checkpoint that this run started from ({digest[:12]}) is no longer on this machine")
    return found


def whole(snapshot: Path) -> dict[str, Array]:
    """The weights of the plain model that such a snapshot makes of its checkpoint: LoRA's changes added, the new head in place of the old.

    Matrices that LoRA changed are in single precision, all else as it is kept. Raises as safetensors does, and ValueError as `base`.
    """
    _, scale = _about(snapshot)
    return merged(load_file(base(snapshot) / WEIGHTS), load_file(snapshot / FILE), scale)


def merged(weights: Mapping[str, Array], learnt: Mapping[str, Array], scale: float) -> dict[str, Array]:
    """The same from tensors by name. Raises KeyError where a factor has no matrix, or no other factor."""
    found = {name: weight for name, weight in weights.items() if not name.startswith(_HEAD_BEFORE)}
    factors = by_matrix(learnt)
    for matrix in {matrix for matrix, _ in factors}:
        product = factors[matrix, "B"].astype(np.float32) @ factors[matrix, "A"].astype(np.float32)
        found[matrix] = weights[matrix].astype(np.float32) + scale * product
    return found | {name: tensor for name, tensor in learnt.items() if not FACTOR.search(name)}


def by_matrix(tensors: Mapping[str, Tensor]) -> dict[tuple[str, str], Tensor]:
    """The factors among these tensors, by the matrix they change and their letter, in the order of their names."""
    named = ((FACTOR.search(name), FACTOR.sub(".", name), tensors[name]) for name in sorted(tensors))
    return {(matrix, found[1]): factor for found, matrix, factor in named if found}


def about(digest: str, scale: float) -> dict[str, str]:
    """What the file of factors says of itself."""
    return {BESIDE: f"{digest} {scale}"}


def _about(snapshot: Path) -> tuple[str, float]:
    """The digest of the checkpoint it belongs to, and the scale. Raises ValueError where it does not say so."""
    try:
        with safe_open(snapshot / FILE, "np") as opened:
            digest, scale = opened.metadata()[BESIDE].split()
        return digest, float(scale)
    except Exception as problem:  # safetensors has errors of its own
        raise ValueError(f"{FILE} of step {snapshot.name} is damaged: it does not say to what it belongs") from problem
