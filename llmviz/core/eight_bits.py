"""Weights in eight bits: of each row of a matrix its largest number, and all others as a whole number of 127ths of it.

Vector-wise absmax quantisation (Dettmers et al. 2022, section 2.1). A matrix takes half the room of half precision, and a weight is off by
at most a 254th of the largest in its row. Only the recording of a larger model is kept so; nothing computes in eight bits.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SCALE = ".scale"  # behind a tensor's name: what one step of its whole numbers is worth, row by row
MOST = 127


def narrowed(weights: Mapping[str, Array]) -> dict[str, Array]:
    """Matrices as whole numbers (…, columns) with their scales (…, 1) in half precision beside them; all else as it is."""
    found: dict[str, Array] = {}
    for name, weight in weights.items():
        if weight.ndim < 2:
            found[name] = weight
            continue
        wide = weight.astype(np.float32)
        scale = (np.abs(wide).max(axis=-1, keepdims=True) / MOST).astype(np.float16)
        steps = wide / np.maximum(scale.astype(np.float32), np.finfo(np.float16).smallest_subnormal)
        found[name], found[name + SCALE] = steps.round().clip(-MOST, MOST).astype(np.int8), scale
    return found


def widened(weights: Mapping[str, Array]) -> dict[str, Array]:
    """What `narrowed` made, in half precision again; other weights as they are."""
    return {
        name: _restored(weight, weights[name + SCALE]) if name + SCALE in weights else weight
        for name, weight in weights.items()
        if not name.endswith(SCALE)
    }


def _restored(steps: Array, scale: Array) -> Array:
    """Whole numbers times their scales, in half precision."""
    largest = np.finfo(np.float16).max
    return (steps.astype(np.float32) * scale.astype(np.float32)).clip(-largest, largest).astype(np.float16)
