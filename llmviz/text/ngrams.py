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
AT_ONCE = 8_192  # texts of which all contexts are in memory at once

Texts = Sequence[Sequence[int] | Ids]
Hidden = Sequence[tuple[Ids, Ids]]  # batches as `masks.hide` returns them: ids, with or without hidden places, and labels, each (batch, n)


def unigram(train: Texts, hidden: Hidden, vocabulary: int, ends: bool = False) -> float:
    """Mean -log p of the asked tokens by frequency alone. `train` holds token ids, with or without the special ones."""
    return _mean_surprise(_likely(train, hidden, vocabulary, ends, orders=1))


def trigram(train: Texts, hidden: Hidden, vocabulary: int, ends: bool = False) -> float:
    """Mean -log p of the asked tokens given the two visible ones before; where one of these is hidden itself, given what is left.

    The training text has no [MASK], so a context with one is a context never seen, and the shorter one answers.
    """
    return _mean_surprise(_likely(train, hidden, vocabulary, ends, orders=3))


def _likely(train: Texts, hidden: Hidden, vocabulary: int, ends: bool, orders: int) -> Floats:
    """P of the asked tokens, given none, one, … `orders` - 1 tokens before each."""
    words = _asked([labels for _, labels in hidden], hidden)
    likely = np.full(words.shape, 1 / (vocabulary - FIRST + ends))
    for order in range(orders):
        asked = _asked([_contexts(visible, order, vocabulary) for visible, _ in hidden], hidden)
        likely = _refined(likely, *_events(train, order, asked, vocabulary, ends), asked, words, vocabulary)
    return likely


def _asked(values: Sequence[Ids], hidden: Hidden) -> Ids:
    """What stands in each batch of `values` at the places that `hidden` asks for, one after the other."""
    chosen = [value[labels != IGNORED] for value, (_, labels) in zip(values, hidden, strict=True)]
    return np.concatenate(chosen)


def _events(train: Texts, order: int, asked: Ids, vocabulary: int, ends: bool) -> tuple[Ids, Ids]:
    """What followed the asked contexts in training, context and token as one number, ascending, and how often each did.

    Of twelve million tokens most stand in contexts that nobody asks about: texts are looked at some thousands at a time.
    """
    events, counts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for first in range(0, len(train), AT_ONCE):
        learnt = _padded(train[first : first + AT_ONCE])
        contexts = _contexts(learnt, order, vocabulary)
        chosen = _guessed(learnt, ends) & np.isin(contexts, asked)
        found = np.unique(contexts[chosen] * vocabulary + learnt[chosen], return_counts=True)
        events.append(found[0])
        counts.append(found[1])
    every, places = np.unique(np.concatenate(events), return_inverse=True)
    return every, np.bincount(places, np.concatenate(counts), len(every)).astype(np.int64)


def _guessed(learnt: Ids, ends: bool) -> Flags:
    """Where a token stands that is ever guessed."""
    return (learnt >= FIRST) | (learnt == SEP) if ends else learnt >= FIRST


def _refined(shorter: Floats, events: Ids, counts: Ids, asked: Ids, words: Ids, vocabulary: int) -> Floats:
    """p(word | asked context), from what followed each context in training and from p(word | shorter context)."""
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
