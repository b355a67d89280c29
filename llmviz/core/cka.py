"""Linear CKA, centred kernel alignment: how alike two representations of the same texts are, whatever their axes and their scale.

Kornblith et al. 2019 (https://arxiv.org/abs/1905.00414), section 3: HSIC of the two linear kernels, over the roots of that of each with
itself. With centred features X and Y (examples, width) the HSIC is ‖YᵀX‖² up to a factor that cancels, so no kernel of examples × examples
is made.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Features = npt.NDArray[np.floating[Any]]


def linear_cka(one: Features, other: Features) -> float:
    """From 0, nothing in common, to 1, the same up to rotation, scale and shift, of (examples, width) and (examples, another width).

    Of independent features it is not 0 but about the width by the number of examples. Not a number where one does not vary at all.
    """
    if one.shape == other.shape and (one == other).all():
        return 1.0 if np.ptp(one, axis=0).any() else math.nan  # to the last bit, where the root of a product would round
    first, second = _centred(one), _centred(other)
    size = _hsic(first, first) * _hsic(second, second)
    return _hsic(first, second) / math.sqrt(size) if size else math.nan


def _centred(features: Features) -> npt.NDArray[np.float64]:
    return np.asarray(features - features.mean(0, dtype=np.float64), np.float64)


def _hsic(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    return float(((other.T @ one) ** 2).sum())
