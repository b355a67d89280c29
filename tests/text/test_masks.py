import math

import numpy as np
import pytest

from llmviz.text.masks import IGNORED, Flags, Ids, hide, mask
from llmviz.text.special import CLS, FIRST, MASK, PAD, SEP

VOCABULARY = 400


def batch(texts: int, length: int) -> tuple[Ids, Flags]:
    ids = np.random.default_rng(7).integers(FIRST, VOCABULARY, (texts, length))
    ids[:, 0], ids[:, -2], ids[:, -1] = CLS, SEP, PAD
    return ids, ids < FIRST


def near(share: float, expected: float, trials: int) -> bool:
    """Within four standard errors: a right rate fails once in 16,000 seeds, and the seed is fixed."""
    return abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / trials)


@pytest.mark.parametrize("rate", [0.15, 0.3, 0.9])
def test_targets_are_hidden_swapped_and_left_at_their_rates(rate: float) -> None:
    ids, special = batch(4_000, 63)
    corrupted, labels = mask(ids, special, rate, VOCABULARY, np.random.default_rng(0))
    targets = labels != IGNORED
    assert near(float(targets[~special].mean()), rate, int((~special).sum()))
    count = int(targets.sum())
    assert near(float((corrupted[targets] == MASK).mean()), 0.8, count)
    swapped = (corrupted[targets] != MASK) & (corrupted[targets] != ids[targets])
    # A swap draws the true token once in 395 times.
    assert near(float(swapped.mean()), 0.1 * (1 - 1 / (VOCABULARY - FIRST)), count)
    assert (labels[targets] == ids[targets]).all()


def test_nothing_changes_away_from_the_targets() -> None:
    ids, special = batch(500, 40)
    corrupted, labels = mask(ids, special, 0.3, VOCABULARY, np.random.default_rng(1))
    assert (corrupted[labels == IGNORED] == ids[labels == IGNORED]).all()
    assert (labels[special] == IGNORED).all()


def test_swaps_are_ordinary_tokens_and_reach_all_of_them() -> None:
    ids, special = batch(4_000, 63)
    corrupted, labels = mask(ids, special, 0.9, VOCABULARY, np.random.default_rng(2))
    swaps = corrupted[(labels != IGNORED) & (corrupted != MASK) & (corrupted != ids)]
    assert set(swaps) == set(range(FIRST, VOCABULARY))


def test_every_text_has_a_target_and_each_place_is_as_likely() -> None:
    ids, special = batch(20_000, 7)  # four ordinary tokens
    _, labels = mask(ids, special, 1e-9, VOCABULARY, np.random.default_rng(3))
    targets = labels != IGNORED
    assert (targets.sum(axis=1) == 1).all()
    shares = targets.mean(axis=0)
    assert all(near(float(share), 1 / 4, 20_000) for share in shares[1:5])


def test_a_text_of_special_tokens_only_has_no_target() -> None:
    ids = np.array([[CLS, SEP, PAD], [CLS, 9, SEP]])
    corrupted, labels = hide(ids, ids < FIRST, 0.5, np.random.default_rng(0))
    assert labels.tolist() == [[IGNORED] * 3, [IGNORED, 9, IGNORED]]
    assert corrupted.tolist() == [[CLS, SEP, PAD], [CLS, MASK, SEP]]


def test_hide_hides_every_target() -> None:
    ids, special = batch(500, 40)
    corrupted, labels = hide(ids, special, 0.3, np.random.default_rng(4))
    targets = labels != IGNORED
    assert (corrupted[targets] == MASK).all()
    assert (corrupted[~targets] == ids[~targets]).all()
    assert near(float(targets[~special].mean()), 0.3, int((~special).sum()))


def test_the_same_generator_gives_the_same_masks() -> None:
    ids, special = batch(50, 40)
    first = mask(ids, special, 0.3, VOCABULARY, np.random.default_rng(5))
    again = mask(ids, special, 0.3, VOCABULARY, np.random.default_rng(5))
    assert all((one == other).all() for one, other in zip(first, again, strict=True))
