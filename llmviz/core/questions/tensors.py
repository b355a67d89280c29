"""The tensors of a model by name: their bytes as a hash, their length, and how far training has moved them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Inventory(Answer):
    """All tensors of one snapshot, in the order of the network; one that is tied to another counts once.

    Attributes:
        step: training steps behind the snapshot.
        kind: the class of transformers the model is.
        names: of the n tensors.
        shapes: of each, a tuple of numbers.
        hashes: SHA-256 of the bytes of each as float32, with 0 for -0.
        norm: (n,) length of each as one long vector.
        moved: (n,) length of the difference to the same tensor of the run at the step asked for, as a share of its length there;
            the length of the difference itself where that was zero.
        factors: of LoRA's f factors, where the run has such, the name of the matrix that one changes, and whether it is "A" or "B".
        factor_shapes: of each, a tuple of numbers: A is (rank, in), B (out, rank).
        factor_hashes: SHA-256 of the bytes of each as float32.
        exact: names of the matrices that are those of the step asked for with the product of their factors added, to the last bit.
    """

    kind: str
    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    hashes: tuple[str, ...]
    norm: FloatArray
    moved: FloatArray
    factors: tuple[tuple[str, str], ...] = ()
    factor_shapes: tuple[tuple[int, ...], ...] = ()
    factor_hashes: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tensors(Question[Inventory]):
    """Take stock of the tensors, each compared with the same run's snapshot after `since` steps."""

    answered_by: ClassVar[str] = "llmviz.inspect.tensors"
    answer: ClassVar[type[Answer]] = Inventory

    since: int = 0
