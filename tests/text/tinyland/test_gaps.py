"""The likeliest spans and their chances against sums over every text and every way to cut it, and against sampling."""

import math
from collections import defaultdict
from itertools import product
from random import Random

import numpy as np
import pytest

from llmviz.text import spans
from llmviz.text.tinyland import corpus
from llmviz.text.tinyland.gaps import GAP, Gaps
from llmviz.text.tinyland.stories import STORIES
from tests.text.tinyland.mini import WORLD, Words, texts

DENSITY, LENGTH = 0.3, 2.0
Seen = tuple[str | None, ...]
Filling = tuple[Words, ...]


def law(count: int, hidden: int, cut: int) -> float:
    return spans.chance(count, hidden, cut, DENSITY, LENGTH)


def cut(words: Words, hidden: list[bool]) -> tuple[Seen, Filling]:
    """What is visible, and what stood in the gaps."""
    found = spans.gaps(hidden)
    seen: list[str | None] = []
    before = 0
    for first, behind in found:
        seen += [*words[before:first], GAP]
        before = behind
    return (*seen, *words[before:]), tuple(words[first:behind] for first, behind in found)


def everything() -> dict[Seen, dict[Filling, float]]:
    """For everything that can be seen, each way to fill it: p(text) · p(these gaps | text), by writing all of them down."""
    found: dict[Seen, dict[Filling, float]] = defaultdict(lambda: defaultdict(float))
    for words, chance in texts().items():
        if len(words) > 12:
            continue  # the number of cuts doubles with every word
        wanted = spans.amounts(len(words), DENSITY, LENGTH)
        for marks in product((False, True), repeat=len(words)):
            hidden = list(marks)
            if (sum(hidden), len(spans.gaps(hidden))) == wanted:
                seen, filling = cut(words, hidden)
                found[seen][filling] += chance / spans.ways(len(words), *wanted)
    return found


def test_against_every_text_and_every_cut() -> None:
    every = everything()
    longest = max(len(words) for words in texts() if len(words) <= 12)
    # What is seen of a longer text may also come from a shorter one; those left out above must not be among the ways.
    hidden, _ = spans.amounts(longest, DENSITY, LENGTH)
    sure = sorted((seen for seen in every if len([word for word in seen if word]) <= longest - hidden - 2), key=str)
    for seen in Random(0).sample(sure, 120):
        ways, total = every[seen], sum(every[seen].values())
        found = Gaps(WORLD, seen, law)
        for filling, chance in ways.items():
            assert math.exp(found.log_probability(filling)) == pytest.approx(chance / total, rel=1e-9)
        for place, guess in enumerate(found.best()):
            marginal: dict[Words, float] = defaultdict(float)
            for filling, chance in ways.items():
                marginal[filling[place]] += chance / total
            assert guess.chance == pytest.approx(max(marginal.values()), rel=1e-9)
            assert marginal[guess.words] == pytest.approx(guess.chance, rel=1e-9)


def test_the_best_guess_is_right_as_often_as_it_says() -> None:
    random, rng = Random(1), np.random.default_rng(1)
    world, expected, right, count = corpus.world(), 0.0, 0, 0
    for _ in range(24):
        words = STORIES.sample(random).words
        seen, filling = cut(words, spans.draw(len(words), 0.2, 2.0, rng).tolist())
        guesses = Gaps(world, seen, lambda count, hidden, cut: spans.chance(count, hidden, cut, 0.2, 2.0)).best()
        expected += sum(guess.chance for guess in guesses)
        right += sum(guess.words == span for guess, span in zip(guesses, filling, strict=True))
        count += len(filling)
    assert abs(right - expected) < 3 * (0.25 * count) ** 0.5


def test_the_gaps_tell_how_much_they_hide() -> None:
    seen = ("all", "was", GAP)  # "fine ." and "well ." go on; "all was ideal ." is as long
    guess = Gaps(WORLD, seen, lambda count, hidden, cut: spans.chance(count, hidden, cut, 0.5, 2.0)).best()
    assert [len(each.words) for each in guess] == [2]


def test_what_no_text_could_look_like() -> None:
    for seen in (("cat", GAP), ("bye", ".", GAP)):
        with pytest.raises(ValueError, match="no text of this grammar"):
            Gaps(WORLD, seen, law)
    found = Gaps(WORLD, ("all", "was", GAP), lambda count, hidden, cut: spans.chance(count, hidden, cut, 0.5, 2.0))
    assert found.log_probability([["cat", "."]]) == -math.inf
