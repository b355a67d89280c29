"""The lines a classifier's figures lie between, worked out on the very examples it is asked about.

Below: a guess, and a classifier that counts words and pairs of words in the same labelled examples. Above, for Tinyland: the best guess of
whoever knows the grammar.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped] # scikit-learn has no types
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped] # scikit-learn has no types

from llmviz.text.labelled import CLASSES, Example
from llmviz.text.tinyland.corpus import opinions


def references(
    learnt: Sequence[Example], asked: Sequence[Example], told_by_grammar: bool = False, classes: int = len(CLASSES)
) -> dict[str, float]:
    """The lines by name: random_guess in nats; chance, ngram and, where a grammar told the texts, accuracy_ceiling as shares."""
    found = {"random_guess": math.log(classes), "chance": chance(asked), "ngram": ngram(tuple(learnt), tuple(asked))}
    return found | ({"accuracy_ceiling": ceiling(tuple(asked))} if told_by_grammar else {})


def chance(asked: Sequence[Example]) -> float:
    """The accuracy of naming the largest class every time."""
    return float(np.bincount([example.label for example in asked]).max() / len(asked))


@lru_cache(maxsize=4)
def ngram(learnt: tuple[Example, ...], asked: tuple[Example, ...]) -> float:
    """The accuracy of logistic regression on counts of words and pairs of words. Words are what white space divides.

    Where all it learns from is of one class, it names that one.
    """
    if len({label for _, label in learnt}) < 2:
        return float(np.mean([label == learnt[0].label for _, label in asked]))
    counts = CountVectorizer(ngram_range=(1, 2), token_pattern=r"\S+")
    model = LogisticRegression(max_iter=1_000).fit(counts.fit_transform([text for text, _ in learnt]), [label for _, label in learnt])
    return float(model.score(counts.transform([text for text, _ in asked]), [label for _, label in asked]))


@lru_cache(maxsize=4)
def ceiling(asked: tuple[Example, ...]) -> float:
    """The expected accuracy, on these of Tinyland's opinions, of naming the mood that is likelier given all their words."""
    grammar = opinions()
    return float(np.mean([max(grammar.hidden(text.split(), "mood").values()) for text, _ in asked]))
