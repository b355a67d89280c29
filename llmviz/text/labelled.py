"""Examples with labels, and samples of them. Knows texts and classes; knows no model."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from llmviz.core.settings import TextSpec
from llmviz.core.texts import TEXTS
from llmviz.text import reviews
from llmviz.text.tinyland import corpus as tinyland

CLASSES = ("negative", "positive")  # the label is the place in this list


class Example(NamedTuple):
    """A text and the place of its class: in CLASSES, or among those of a visitor's own table."""

    text: str
    label: int


SOURCES: dict[str, Callable[[], Mapping[str, Sequence[tuple[str, int]]]]] = {
    "tinyland": tinyland.labelled,
    "reviews": reviews.labelled,
}


@lru_cache(maxsize=2)
def labelled(text: TextSpec) -> dict[str, tuple[Example, ...]]:
    """The labelled examples of a text by split: "train", "validation", "test"; no text is in two of them.

    Raises ValueError, in a sentence, where a text has none or its package is missing.
    """
    if text.name not in SOURCES:
        raise ValueError(f"{TEXTS[text.name].title}: nobody has labelled this text; {' and '.join(SOURCES)} have labels")
    return {split: tuple(Example(*pair) for pair in pairs) for split, pairs in SOURCES[text.name]().items()}


def stratified(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """So many examples, as many of each class, chosen by the seed; classes take turns.

    An odd number gives the first class one more. The same seed with a larger count adds examples and changes none. Raises ValueError, in
    a sentence, where there are fewer classes than two, fewer examples than classes, or a class has too few.
    """
    kinds = sorted({example.label for example in examples})
    if len(kinds) < 2:
        raise ValueError("Labels: these examples are all of one class; there is nothing to tell apart")
    if count < len(kinds):
        raise ValueError(f"Labels: {count} cannot show all {len(kinds)} classes; at least one of each is needed")
    chosen = []
    for turn, label in enumerate(kinds):
        own = [example for example in examples if example.label == label]
        wanted = len(range(turn, count, len(kinds)))
        if wanted > len(own):
            most = len(kinds) * min(sum(example.label == kind for example in examples) for kind in kinds)
            raise ValueError(f"Labels: {count:,} are more than there are; as many of each class makes {most:,} at most")
        order = np.random.default_rng((seed, label)).permutation(len(own))
        chosen += [(place, turn, own[index]) for place, index in enumerate(order[:wanted])]
    return [example for _, _, example in sorted(chosen, key=lambda entry: entry[:2])]
