"""Held-out parts of a visitor's own examples: by the hash of each text, and more of it where 5 % would be too little to measure on."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from llmviz.text.splits import Split, place_of, split_of

Pair = tuple[str, int]  # a text, each only once, and the place of its class

ENOUGH = 100  # examples held out for the test: the standard error of an accuracy is then 5 points at most
SHARE = 5  # of a class, one in so many may be held out for each part, so that three in five are left to learn from


def divided(examples: Sequence[Pair]) -> dict[Split, tuple[Pair, ...]]:
    """The examples by split, in their order. Every class is learnt from; one with three examples or more is in every part.

    Each class is divided as `split_of` divides a text, where that holds out enough of it. Where it does not, further texts are held out,
    those whose hash is nearest to the held-out ones first, so that the order of rows changes nothing, and a further example moves few.
    """
    kinds: dict[int, list[str]] = defaultdict(list)
    for text, label in examples:
        kinds[label].append(text)
    wanted = math.ceil(ENOUGH / max(1, len(kinds)))
    split: dict[str, Split] = {}
    for texts in kinds.values():
        split |= _of_class(texts, wanted)
    return {part: tuple(pair for pair in examples if split[pair[0]] == part) for part in ("train", "validation", "test")}


def doubt(test: Sequence[Pair]) -> str:
    """A sentence on how little an accuracy on so few held-out examples can be trusted; "" where there are enough."""
    if len(test) >= ENOUGH:
        return ""
    points = 100 / math.sqrt(4 * len(test))  # √(p (1 − p) / n), largest at p = ½
    return (
        f"only {len(test):,} {'example is' if len(test) == 1 else 'examples are'} held out for the final figure: one of them is "
        f"{100 / len(test):.0f} points of accuracy, and its standard error is up to {points:.0f} points"
    )


def _of_class(texts: Sequence[str], wanted: int) -> dict[str, Split]:
    """The split of each text of a class, of which so many are wanted in each held-out part."""
    border = sorted(texts, key=lambda text: (place_of(text) % 100, place_of(text)))  # as `split_of` has it: train first, test last
    by_hash, count = Counter(map(split_of, texts)), len(texts)
    most = count // SHARE
    tested = count - min(max(by_hash["test"], wanted), max(most, int(count > 1)))  # of two, one is learnt from and one is tested on
    learnt = tested - min(max(by_hash["validation"], wanted), max(most, int(count > 2)))
    return {text: "train" if place < learnt else "validation" if place < tested else "test" for place, text in enumerate(border)}
