"""Weights in eight bits: half the room, nearly the same numbers."""

import numpy as np
import pytest

from llmviz.core.eight_bits import MOST, SCALE, narrowed, widened


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.02, shape).astype(np.float16)


def test_a_weight_is_off_by_at_most_half_a_step_of_its_row() -> None:
    weights = {"matrix": drawn(12, 40), "heads": drawn(2, 3, 8, seed=1)}
    found = widened(narrowed(weights))
    for name, weight in weights.items():
        step = np.abs(weight.astype(np.float32)).max(axis=-1, keepdims=True) / MOST
        off = np.abs(found[name].astype(np.float32) - weight.astype(np.float32))
        assert found[name].dtype == np.float16 and found[name].shape == weight.shape
        assert (off <= 0.51 * step + 1e-4 * np.abs(weight)).all() and off.max() > 0  # the rest is the rounding of half precision


def test_a_matrix_takes_half_the_room_and_vectors_stay_as_they_are() -> None:
    weights = {"matrix": drawn(100, 200), "norm": drawn(200)}
    kept = narrowed(weights)
    assert set(kept) == {"matrix", f"matrix{SCALE}", "norm"}
    assert kept["matrix"].dtype == np.int8 and np.array_equal(kept["norm"], weights["norm"])
    assert sum(part.nbytes for part in kept.values()) < 0.52 * sum(part.nbytes for part in weights.values())


def test_what_was_in_eight_bits_stays_the_same_there_and_back() -> None:
    once = widened(narrowed({"matrix": drawn(30, 30)}))
    again = widened(narrowed(once))
    np.testing.assert_allclose(again["matrix"], once["matrix"], rtol=2e-3, atol=1e-6)


@pytest.mark.parametrize("row", [np.zeros(8), np.full(8, 6e-8), np.array([*np.zeros(7), 65_504.0])], ids=["zeros", "tiniest", "largest"])
def test_rows_at_the_edges_of_half_precision_come_back(row: np.ndarray) -> None:
    weights = {"matrix": np.stack([row, np.ones(8)]).astype(np.float16)}
    found = widened(narrowed(weights))["matrix"]
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, weights["matrix"], rtol=1e-2, atol=1e-7)
