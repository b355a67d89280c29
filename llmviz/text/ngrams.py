"""What counting alone achieves: the loss of a unigram and of a trigram model at chosen places, in nats per token.

The lines a real text's loss is held against, as its floor is not known. Interpolated Witten-Bell estimates (Bell, Cleary and Witten,
1990): a context that was followed by T kinds of tokens gives T parts of its weight to the shorter context; the shortest is uniform.
Only ordinary tokens are ever guessed, with `ends` also the [SEP] that closes a text, and every distribution sums to one over them.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from llmviz.text.masks import IGNORED, Flags, Ids
from llmviz.text.special import FIRST, PAD, SEP

Floats = npt.NDArray[np.float64]


Texts = Sequence[Sequence[int] | Ids]
Hidden = Sequence[tuple[Ids, Ids]]  # batches as `masks.hide` returns them: ids, with or without hidden places, and labels, each (batch, n)


def unigram(train: Texts, hidden: Hidden, vocabulary: int, ends: bool = False) -> float:
    """Mean -log p of the asked tokens by frequency alone. `train` holds token ids, with or without the special ones."""
    words = _asked([labels for _, labels in hidden], hidden)
    return _mean_surprise(_singles(_padded(train), words, vocabulary, ends))


def trigram(train: Texts, hidden: Hidden, vocabulary: int, ends: bool = False) -> float:
    """Mean -log p of the asked tokens given the two visible ones before; where one of these is hidden itself, given what is left.

    The training text has no [MASK], so a context with one is a context never seen, and the shorter one answers.
    """
    learnt = _padded(train)
    guessed = _guessed(learnt, ends)
    following = learnt[guessed]
    words = _asked([labels for _, labels in hidden], hidden)
    likely = _singles(learnt, words, vocabulary, ends)
    for order in (1, 2):
        contexts = _contexts(learnt, order, vocabulary)[guessed]
        asked = _asked([_contexts(visible, order, vocabulary) for visible, _ in hidden], hidden)
        likely = _refined(likely, contexts, following, asked, words, vocabulary)
    return _mean_surprise(likely)


def _asked(values: Sequence[Ids], hidden: Hidden) -> Ids:
    """What stands in each batch of `values` at the places that `hidden` asks for, one after the other."""
    chosen = [value[labels != IGNORED] for value, (_, labels) in zip(values, hidden, strict=True)]
    return np.concatenate(chosen)


def _guessed(learnt: Ids, ends: bool) -> Flags:
    """Where a token stands that is ever guessed."""
    return (learnt >= FIRST) | (learnt == SEP) if ends else learnt >= FIRST


def _singles(learnt: Ids, words: Ids, vocabulary: int, ends: bool) -> Floats:
    uniform = np.full(words.shape, 1 / (vocabulary - FIRST + ends))
    seen = learnt[_guessed(learnt, ends)]
    return _refined(uniform, np.zeros_like(seen), seen, np.zeros_like(words), words, vocabulary)


def _refined(shorter: Floats, contexts: Ids, following: Ids, asked: Ids, words: Ids, vocabulary: int) -> Floats:
    """p(word | asked context), from what followed each context in training and from p(word | shorter context)."""
    events, counts = np.unique(contexts * vocabulary + following, return_counts=True)
    known, first, kinds = np.unique(events // vocabulary, return_index=True, return_counts=True)
    totals = np.add.reduceat(counts, first) if len(first) else counts
    count = _look_up(events, counts, asked * vocabulary + words)
    total, kind = _look_up(known, totals, asked), _look_up(known, kinds, asked)
    return np.where(total > 0, (count + kind * shorter) / np.maximum(total + kind, 1), shorter)


def _contexts(ids: Ids, order: int, vocabulary: int) -> Ids:
    """The `order` tokens before each place as one number; [PAD] stands before the first."""
    number = np.zeros_like(ids)
    for back in range(order, 0, -1):
        number = number * vocabulary + np.pad(ids, ((0, 0), (back, 0)), constant_values=PAD)[:, : ids.shape[1]]
    return number


def _look_up(keys: Ids, values: Ids, wanted: Ids) -> Ids:
    """The value of each wanted key, 0 where there is none. `keys` are sorted."""
    if not len(keys):
        return np.zeros_like(wanted)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0)


def _padded(sequences: Texts) -> Ids:
    table = np.full((len(sequences), max(map(len, sequences), default=0)), PAD, dtype=np.int64)
    for row, sequence in zip(table, sequences, strict=True):
        row[: len(sequence)] = sequence
    return table


def _mean_surprise(probabilities: Floats) -> float:
    return float(-np.log(probabilities).mean())
