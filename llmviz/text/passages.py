"""Questions on passages with the spans that answer them, and samples of them. Knows texts; knows no model."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from llmviz.core.settings import TextSpec
from llmviz.core.texts import TEXTS
from llmviz.text.splits import Split
from llmviz.text.tinyland import passages as tinyland

Span = tuple[int, int]  # places of the first letter, and after the last


class Example(NamedTuple):
    """A passage, a question on it, the span of the answer, None where the passage gives none, and all spans of the answer's type."""

    passage: str
    question: str
    answer: Span | None
    candidates: tuple[Span, ...]

    @property
    def truth(self) -> str:
        """The answer as it stands in the passage, "" for none."""
        return self.passage[slice(*self.answer)] if self.answer else ""


SOURCES: dict[str, Callable[[], Iterable[tuple[Split, str, Sequence[tinyland.Question]]]]] = {"tinyland": tinyland.told}


@lru_cache(maxsize=2)
def examples(text: TextSpec) -> dict[str, tuple[Example, ...]]:
    """The questions of a text by split: "train", "validation", "test"; no passage is in two of them.

    Raises ValueError, in a sentence, for a text without questions.
    """
    if text.name not in SOURCES:
        raise ValueError(f"{TEXTS[text.name].title}: there are no questions on this text; {' and '.join(SOURCES)} has some")
    splits: dict[str, list[Example]] = {"train": [], "validation": [], "test": []}
    for split, passage, questions in SOURCES[text.name]():
        letters = _letters(passage)
        for words, answer, candidates in questions:
            spans = tuple(letters(span) for span in candidates)
            splits[split].append(Example(passage, " ".join(words), letters(answer) if answer else None, spans))
    return {split: tuple(found) for split, found in splits.items()}


def _letters(passage: str) -> Callable[[Span], Span]:
    """From a span of words, divided by single spaces, to the span of their letters."""
    words = passage.split(" ")
    begins = np.cumsum([0, *(len(word) + 1 for word in words)]).tolist()
    return lambda span: (begins[span[0]], begins[span[1]] - 1)


def sampled(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """So many examples chosen by the seed, those without an answer in the share that they have among all.

    The same seed with a larger count adds examples and changes none. Raises ValueError, in a sentence, where there are too few.
    """
    kinds = [[example for example in examples if (example.answer is None) == none] for none in (True, False)]
    if count > len(examples):
        raise ValueError(f"Labels: {count:,} are more than there are, {len(examples):,}")
    orders = [iter(np.random.default_rng((seed, kind)).permutation(len(found))) for kind, found in enumerate(kinds)]
    share, chosen = len(kinds[0]) / len(examples), list[Example]()
    for place in range(count):
        kind = 0 if int((place + 1) * share) > int(place * share) else 1
        chosen.append(kinds[kind][int(next(orders[kind]))])
    return chosen
