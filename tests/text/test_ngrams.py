import math
import random
from collections import Counter

import numpy as np
import pytest

from llmviz.text.masks import IGNORED, Ids
from llmviz.text.ngrams import trigram, unigram
from llmviz.text.special import CLS, FIRST, MASK, PAD, SEP

VOCABULARY = FIRST + 6
WORDS = range(FIRST, VOCABULARY)


def texts(count: int, seed: int) -> list[list[int]]:
    draw = random.Random(seed)
    return [[CLS, *draw.choices(WORDS, weights=[9, 5, 3, 1, 1, 0], k=draw.randint(1, 8)), SEP] for _ in range(count)]


def at(context: list[int], word: int) -> list[tuple[Ids, Ids]]:
    """A batch of one text that asks for one word after a context."""
    visible = np.array([[*context, MASK, SEP]])
    labels = np.array([[IGNORED] * len(context) + [word, IGNORED]])
    return [(visible, labels)]


def by_hand(train: list[list[int]], context: list[int], word: int, guessed: tuple[int, ...] = tuple(WORDS)) -> float:
    """The same estimate with dictionaries, from the definition."""
    likely = 1 / len(guessed)
    for order in range(3):
        wanted = tuple(([PAD, PAD, *context])[len(context) + 2 - order :])
        after: Counter[int] = Counter()
        for text in train:
            padded = [PAD, PAD, *text]
            for place in range(2, len(padded)):
                if padded[place] in guessed and tuple(padded[place - order : place]) == wanted:
                    after[padded[place]] += 1
        if after:
            likely = (after[word] + len(after) * likely) / (after.total() + len(after))
    return likely


@pytest.mark.parametrize("context", [[CLS], [CLS, 5], [CLS, 6, 5], [CLS, 5, MASK], [CLS, MASK, 5], [CLS, MASK, MASK], [CLS, 5, 10, 10]])
def test_the_trigram_is_witten_bell_by_hand_and_sums_to_one(context: list[int]) -> None:
    train = texts(30, seed=1)
    likely = [math.exp(-trigram(train, at(context, word), VOCABULARY)) for word in WORDS]
    assert likely == pytest.approx([by_hand(train, context, word) for word in WORDS])
    assert sum(likely) == pytest.approx(1)


@pytest.mark.parametrize("context", [[CLS], [CLS, 5], [CLS, 6, 5], [CLS, 5, 10, 10]])
def test_with_ends_the_end_of_a_text_is_guessed_too(context: list[int]) -> None:
    train, guessed = texts(30, seed=1), (SEP, *WORDS)
    asked = [[(np.array([[*context, word]]), np.array([[IGNORED] * len(context) + [word]]))] for word in guessed]
    likely = [math.exp(-trigram(train, hidden, VOCABULARY, ends=True)) for hidden in asked]
    assert likely == pytest.approx([by_hand(train, context, word, guessed) for word in guessed])
    assert sum(likely) == pytest.approx(1)
    assert sum(math.exp(-unigram(train, hidden, VOCABULARY, ends=True)) for hidden in asked) == pytest.approx(1)


def test_the_unigram_is_the_trigram_that_sees_nothing() -> None:
    train = texts(30, seed=2)
    hidden = at([CLS, MASK, MASK], 7)
    assert unigram(train, hidden, VOCABULARY) == pytest.approx(trigram(train, hidden, VOCABULARY))
    likely = [math.exp(-unigram(train, at([CLS, 5], word), VOCABULARY)) for word in WORDS]
    assert sum(likely) == pytest.approx(1)


def test_without_training_text_every_word_is_as_likely() -> None:
    hidden = at([CLS, 5, 6], 7)
    assert unigram([], hidden, VOCABULARY) == pytest.approx(math.log(len(WORDS)))
    assert trigram([], hidden, VOCABULARY) == pytest.approx(math.log(len(WORDS)))


def test_the_mean_runs_over_the_hidden_places_of_all_batches() -> None:
    train = texts(30, seed=3)
    asked = [*at([CLS, 5], 6), *at([CLS, 5, 6, 7], 8)]
    one, other = (trigram(train, [batch], VOCABULARY) for batch in asked)
    assert trigram(train, asked, VOCABULARY) == pytest.approx((one + other) / 2)
    visible, labels = (np.concatenate([table, table]) for table in asked[0])
    assert trigram(train, [(visible, labels), asked[1]], VOCABULARY) == pytest.approx((2 * one + other) / 3)


def test_it_learns_what_follows_what() -> None:
    cycle = [CLS, *[FIRST + place % 6 for place in range(60)], SEP]
    hidden = [(np.array([cycle]), np.array([[IGNORED] * 3 + cycle[3:-1] + [IGNORED]]))]
    assert trigram([cycle] * 20, hidden, VOCABULARY) < 0.05
    assert unigram([np.array(cycle)] * 20, hidden, VOCABULARY) == pytest.approx(math.log(6), abs=0.01)
