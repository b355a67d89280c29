"""Linear CKA against its definition, and what it does not depend on."""

import math

import numpy as np
import numpy.typing as npt
import pytest

from llmviz.core.cka import linear_cka

Floats = npt.NDArray[np.float64]


def hsic(one: Floats, other: Floats) -> float:
    """The estimator of Gretton et al. 2005, tr(KHLH) / (n − 1)², with the kernels written out and centred by H = I − 1/n."""
    n = len(one)
    centring = np.eye(n) - 1 / n
    return float(np.trace(one @ one.T @ centring @ other @ other.T @ centring)) / (n - 1) ** 2


@pytest.fixture
def pair() -> tuple[Floats, Floats]:
    """Two representations of 40 texts, of 7 and 5 numbers, that have something in common."""
    rng = np.random.default_rng(0)
    one = rng.normal(size=(40, 7)) + 3.0
    return one, one[:, :5] @ rng.normal(size=(5, 5)) + rng.normal(size=(40, 5))


def test_it_is_the_ratio_of_hsics_by_their_definition(pair: tuple[Floats, Floats]) -> None:
    one, other = pair
    told = hsic(one, other) / math.sqrt(hsic(one, one) * hsic(other, other))
    assert 0.1 < told < 0.9
    assert linear_cka(one, other) == pytest.approx(told, rel=1e-9) == linear_cka(other, one)


def test_rotation_scale_and_shift_change_nothing(pair: tuple[Floats, Floats]) -> None:
    one, other = pair
    rotation, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(7, 7)))
    assert linear_cka(one @ rotation * 0.01 + 5.0, other) == pytest.approx(linear_cka(one, other), rel=1e-9)
    assert linear_cka(one, one @ rotation * 30.0) == pytest.approx(1.0, rel=1e-9)
    stretched = one * np.array([100.0, *[1.0] * 6])  # no rotation: what is long counts for more
    assert linear_cka(one, stretched) < 0.9


def test_what_is_the_same_is_alike_to_the_last_bit(pair: tuple[Floats, Floats]) -> None:
    one, _ = pair
    for each in (one, one.astype(np.float32), one[:, :1]):
        assert linear_cka(each, each.copy()) == 1.0


def test_independent_features_are_alike_by_their_width_over_the_examples() -> None:
    rng = np.random.default_rng(2)
    few, many = (linear_cka(rng.normal(size=(count, 16)), rng.normal(size=(count, 16))) for count in (64, 8_000))
    assert few > 0.15 and many < 0.005


def test_what_does_not_vary_is_like_nothing(pair: tuple[Floats, Floats]) -> None:
    _, other = pair
    assert math.isnan(linear_cka(np.ones((40, 3)), other)) and math.isnan(linear_cka(np.ones((40, 3)), np.ones((40, 3))))
