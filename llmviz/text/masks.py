"""Corrupt text for masked language modelling. Knows token ids; knows no model and no tokenizer."""

import numpy as np
import numpy.typing as npt

from llmviz.text.special import FIRST, MASK

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rates = npt.NDArray[np.float64]

IGNORED = -100  # the label that torch's cross-entropy leaves out
HIDDEN, SWAPPED = 0.8, 0.1  # as in BERT, section 3.1: [MASK] never occurs in use, so a tenth stays and a tenth is another word


MOST = 0.9  # no word is a target more often: something has to be left to guess from


def rates(counts: Ids, rate: float, evenness: float) -> Rates:
    """How often each token is to be a target, by its id: (vocabulary,), from how often the text has it: (vocabulary,).

    On average `rate` of the text. With `evenness` 0 every place is a target equally often, as in BERT, and so mostly words such as "the";
    with 1 every word of the vocabulary is, however rare. word2vec thins out
    frequent words for the same reason (Mikolov et al. 2013, section 2.3).
    """
    frequency = counts / counts.sum()
    weight = np.where(counts > 0, np.maximum(frequency, 1e-12) ** -evenness, 0.0)
    shares: Rates = np.minimum(MOST, rate * weight / (frequency * weight).sum())
    return shares


def mask(ids: Ids, special: Flags, rates: Rates, rng: np.random.Generator) -> tuple[Ids, Ids]:
    """Choose targets and corrupt them, for training: of the targets 80 % are hidden, 10 % swapped for a random token, 10 % left.

    `ids` is a padded batch, (batch, n); `special` of the same shape is True where a token is never a target: padding, [CLS], [SEP].
    Each other token is a target with the probability that `rates`, (vocabulary,), gives it, and every text has at least one. A swap draws
    from all ordinary tokens of the vocabulary, the true one included. Returns the corrupted ids and the labels, which are IGNORED away
    from the targets.
    """
    return _corrupted(ids, _targets(special, rates[ids], rng), len(rates), rng)


def mask_one(ids: Ids, special: Flags, rates: Rates, rng: np.random.Generator) -> tuple[Ids, Ids]:
    """Choose one target in each text, in proportion to `rates`, and corrupt it as `mask` does: all the rest is there to guess from.

    Where a word depends on few others, each further gap might hide the very word that would tell.
    """
    chances = np.where(special, 0.0, rates[ids])
    draws = chances / rng.exponential(size=ids.shape)  # the largest is each token with the chance it has among those of its text
    targets = (np.arange(ids.shape[1]) == draws.argmax(1)[:, None]) & (chances > 0)
    return _corrupted(ids, targets, len(rates), rng)


def _corrupted(ids: Ids, targets: Flags, vocabulary: int, rng: np.random.Generator) -> tuple[Ids, Ids]:
    labels = np.where(targets, ids, IGNORED)
    fate = rng.random(ids.shape)
    swaps = rng.integers(FIRST, vocabulary, ids.shape)
    corrupted = np.where(targets & (fate < HIDDEN), MASK, ids)
    corrupted = np.where(targets & (fate >= HIDDEN) & (fate < HIDDEN + SWAPPED), swaps, corrupted)
    return corrupted, labels


def hide(ids: Ids, special: Flags, rate: float, rng: np.random.Generator) -> tuple[Ids, Ids]:
    """Choose targets, each place with probability `rate`, and hide them all, for evaluation: the loss is about hidden words alone."""
    return hide_at(ids, _targets(special, np.full(ids.shape, rate), rng))


def hide_at(ids: Ids, targets: Flags) -> tuple[Ids, Ids]:
    """Hide just these places: the ids with [MASK] there, and the labels, which are IGNORED everywhere else."""
    return np.where(targets, MASK, ids), np.where(targets, ids, IGNORED)


def _targets(special: Flags, rates: Rates, rng: np.random.Generator) -> Flags:
    draws = np.where(special, 2.0, rng.random(special.shape))  # (batch, n); 2 is above every rate
    targets = draws < rates
    lowest = draws.argmin(axis=1)  # uniform among the ordinary tokens of a text
    rows = np.flatnonzero(~targets.any(axis=1) & ~special.all(axis=1))
    targets[rows, lowest[rows]] = True
    return targets
