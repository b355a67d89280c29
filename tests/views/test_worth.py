"""How many labels pretraining is worth."""

import math

import pytest

from llmviz.views.worth import needed, worth

PRETRAINED = [(2, 0.5), (8, 0.8), (32, 1.0)]
SCRATCH = [(2, 0.5), (8, 0.5), (32, 0.7), (128, 0.95)]


def test_between_two_counts_it_is_interpolated_by_their_logarithms() -> None:
    assert needed(PRETRAINED, 0.9) == pytest.approx(16)  # half way from 8 to 32
    assert needed(SCRATCH, 0.9) == pytest.approx(math.exp(math.log(32) + 0.8 * math.log(4)))
    assert needed(PRETRAINED, 0.5) == 2 and needed(SCRATCH, 0.96) is None


def test_a_curve_that_sinks_again_counts_where_it_first_gets_there() -> None:
    assert needed([(2, 0.95), (4, 0.6), (8, 0.97)], 0.9) == 2


def test_it_is_said_in_times() -> None:
    found = worth(PRETRAINED, SCRATCH, 0.9)
    assert found.times == pytest.approx(97.0 / 16, rel=0.01)
    assert found.said == "Pretrained, 16 labels bring 90%; a random start takes 97. Pretraining is worth 6.1 times the labels."


def test_where_a_random_start_does_not_get_there_it_is_more_than_what_was_tried() -> None:
    found = worth(PRETRAINED, SCRATCH[:3], 0.9)
    assert (
        found.times == pytest.approx(2)
        and "from a random start 32 do not. Pretraining is worth more than 2.0 times the labels." in found.said
    )


def test_where_pretraining_does_not_get_there_nothing_is_claimed() -> None:
    assert worth(SCRATCH[:2], PRETRAINED, 0.9).said == "Here a random start reaches 90% and pretraining does not."
    assert worth(SCRATCH[:2], SCRATCH[:2], 0.9).said == "With up to 8 labels neither start reaches 90% here."
    assert worth(SCRATCH[:2], SCRATCH[:2], 0.9).times is None
