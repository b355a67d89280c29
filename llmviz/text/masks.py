"""Corrupt text for masked language modelling. Knows token ids; knows no model and no tokenizer."""

import numpy as np
import numpy.typing as npt

from llmviz.text.special import FIRST, MASK

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

IGNORED = -100  # the label that torch's cross-entropy leaves out
HIDDEN, SWAPPED = 0.8, 0.1  # as in BERT, section 3.1: [MASK] never occurs in use, so a tenth stays and a tenth is another word


def mask(ids: Ids, special: Flags, rate: float, vocabulary: int, rng: np.random.Generator) -> tuple[Ids, Ids]:
    """Choose targets and corrupt them, for training: of the targets 80 % are hidden, 10 % swapped for a random token, 10 % left.

    `ids` is a padded batch, (batch, n); `special` of the same shape is True where a token is never a target: padding, [CLS], [SEP].
    Each other token is a target with probability `rate`, and every text has at least one. A swap draws from all ordinary tokens of a
    vocabulary of this many entries, the true one included. Returns the corrupted ids and the labels, which are IGNORED away from the
    targets.
    """
    targets = _targets(special, rate, rng)
    fate = rng.random(ids.shape)
    swaps = rng.integers(FIRST, vocabulary, ids.shape)
    corrupted = np.where(targets & (fate < HIDDEN), MASK, ids)
    corrupted = np.where(targets & (fate >= HIDDEN) & (fate < HIDDEN + SWAPPED), swaps, corrupted)
    return corrupted, np.where(targets, ids, IGNORED)


def hide(ids: Ids, special: Flags, rate: float, rng: np.random.Generator) -> tuple[Ids, Ids]:
    """Choose targets, each place with probability `rate`, and hide them all, for evaluation: the loss is about hidden words alone."""
    return hide_at(ids, _targets(special, rate, rng))


def hide_at(ids: Ids, targets: Flags) -> tuple[Ids, Ids]:
    """Hide just these places: the ids with [MASK] there, and the labels, which are IGNORED everywhere else."""
    return np.where(targets, MASK, ids), np.where(targets, ids, IGNORED)


def _targets(special: Flags, rate: float, rng: np.random.Generator) -> Flags:
    draws = np.where(special, 2.0, rng.random(special.shape))  # (batch, n); 2 is above any rate
    targets = draws < rate
    lowest = draws.argmin(axis=1)  # uniform among the ordinary tokens of a text
    rows = np.flatnonzero(~targets.any(axis=1) & ~special.all(axis=1))
    targets[rows, lowest[rows]] = True
    return targets
