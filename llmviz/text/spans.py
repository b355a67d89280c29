"""Corrupt text for T5: spans are cut out, and what stood there is the target. Knows token ids and sentinels; knows no model.

Raffel et al. 2020, section 3.1.4: each span gives way to a sentinel of its own, and the target says all spans one after the other, each
behind its sentinel, then a last sentinel. The lengths are drawn as in the original's `random_spans_noise_mask`: how much is hidden and in
how many spans follows from the length of the text, all ways to do so are equally likely. The original's texts of 500 tokens always begin
with visible and end with hidden ones; among 30 that would be an end that is never seen, so here a text may begin and end with either.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import comb

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Gap = tuple[int, int]  # first place of a hidden span, and the place behind its last

MOST_GAPS = 9  # of one text; of Tinyland's longest text training cuts out four
SENTINELS = tuple(f"<extra_id_{number}>" for number in range(MOST_GAPS + 1))  # T5's names; the last one closes a target


def amounts(count: int, density: float, length: float) -> tuple[int, int]:
    """How many of `count` tokens are hidden, and in how many spans: as near to the share `density` and the mean span `length` as it goes.

    At least one token is hidden and one is not, and between two spans stands a visible token. Raises ValueError for fewer than two tokens.
    """
    if count < 2:
        raise ValueError("at least two words are needed: one to hide and one to guess it from")
    hidden = min(max(round(count * density), 1), count - 1)
    return hidden, min(max(round(hidden / length), 1), hidden, count - hidden + 1, MOST_GAPS)


def ways(count: int, hidden: int, spans: int) -> int:
    """In how many ways `hidden` of `count` tokens can lie in so many spans, with a visible token between any two."""
    return comb(hidden - 1, spans - 1) * comb(count - hidden + 1, spans)


def chance(count: int, hidden: int, spans: int, density: float, length: float) -> float:
    """The chance that `draw` hides just these `hidden` of `count` tokens, which lie in so many spans."""
    return 1 / ways(count, hidden, spans) if count > 1 and amounts(count, density, length) == (hidden, spans) else 0.0


def draw(count: int, density: float, length: float, rng: np.random.Generator) -> Flags:
    """Which of `count` tokens are hidden: (count,), any of the `ways` with the same chance."""
    hidden, spans = amounts(count, density, length)
    lengths = _parts(hidden, spans, rng)
    # The visible tokens before, between and after the spans; one more at both ends, so that these two parts may be empty.
    between = _parts(count - hidden + 2, spans + 1, rng)
    between[0] -= 1
    flags = np.zeros(count, dtype=np.bool_)
    behind = 0
    for visible, taken in zip(between, lengths, strict=False):  # what is visible after the last span hides nothing
        first, behind = behind + visible, behind + visible + taken
        flags[first:behind] = True
    return flags


def _parts(total: int, parts: int, rng: np.random.Generator) -> list[int]:
    """Cut `total` into so many parts of at least 1, each way with the same chance."""
    cuts = sorted((rng.permutation(total - 1)[: parts - 1] + 1).tolist())
    return [behind - first for first, behind in pairwise([0, *cuts, total])]


def gaps(hidden: Sequence[bool] | Flags) -> list[Gap]:
    """The hidden spans in order; neighbouring hidden tokens form one."""
    flags = [False, *np.asarray(hidden, dtype=np.bool_).tolist(), False]
    edges = [place for place, (before, here) in enumerate(pairwise(flags)) if here != before]
    return list(zip(edges[::2], edges[1::2], strict=True))


def corrupt(ids: Ids, hidden: Sequence[bool] | Flags, sentinel: int) -> tuple[Ids, Ids]:
    """The input, with a sentinel for each hidden span, and the target: sentinel, span, sentinel, span, …, a last sentinel.

    `ids` are the n tokens of a text without special ones, `hidden` of the same length, `sentinel` the id of <extra_id_0>. Raises
    ValueError, in a sentence, where nothing is hidden or there are more spans than sentinels.
    """
    found = gaps(hidden)
    if not found:
        raise ValueError("nothing is hidden: there is no span to say")
    if len(found) > MOST_GAPS:
        raise ValueError(f"{len(found)} spans are hidden; there are sentinels for {MOST_GAPS}")
    words: list[int] = ids.tolist()
    given: list[int] = []
    target: list[int] = []
    before = 0
    for number, (first, behind) in enumerate(found):
        given += [*words[before:first], sentinel + number]
        target += [sentinel + number, *words[first:behind]]
        before = behind
    return np.array([*given, *words[before:]]), np.array([*target, sentinel + len(found)])


def spoken(target: Sequence[int] | Ids, sentinel: int, count: int) -> list[list[int]]:
    """The `count` spans that a target says, a model's own one too: what stands behind each sentinel, up to the next sentinel.

    A span whose sentinel is missing is empty; of one said twice the first counts.
    """
    spans: dict[int, list[int]] = {}
    inside: list[int] = []
    for id in map(int, target):
        if sentinel <= id < sentinel + len(SENTINELS):
            inside = []
            spans.setdefault(id - sentinel, inside)
        else:
            inside.append(id)
    return [spans.get(number, []) for number in range(count)]


def restored(given: Ids, target: Sequence[int] | Ids, sentinel: int) -> Ids:
    """The text again: the input with every sentinel replaced by the span that the target says behind it."""
    count = int(((given >= sentinel) & (given < sentinel + len(SENTINELS))).sum())
    spans = spoken(target, sentinel, count)
    whole = [spans[id - sentinel] if sentinel <= id < sentinel + len(SENTINELS) else [id] for id in given.tolist()]
    return np.array([id for part in whole for id in part], dtype=np.int64)
