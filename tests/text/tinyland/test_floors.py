"""The automaton's sums against sums over all texts, written down one by one."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain, combinations
from random import Random

import pytest

from llmviz.text.tinyland.floors import World
from llmviz.text.tinyland.grammar import END, agreeing, article, free, given
from tests.text.tinyland.mini import CALLS, PETS, WORLD, Words, derivations, texts


def posterior(words: Words, hidden: Iterable[int]) -> dict[int, dict[str, float]]:
    """p(word at a hidden place | visible words, length) by looking at every text of that length."""
    blank = set(hidden)
    sums: dict[int, dict[str, float]] = {place: defaultdict(float) for place in blank}
    total = 0.0
    for text, chance in texts().items():
        if len(text) == len(words) and all(place in blank or text[place] == word for place, word in enumerate(words)):
            total += chance
            for place in blank:
                sums[place][text[place]] += chance
    return {place: {word: chance / total for word, chance in found.items()} for place, found in sums.items()}


def agree(one: dict[int, dict[str, float]], other: dict[int, dict[str, float]]) -> bool:
    return one.keys() == other.keys() and all(one[place] == pytest.approx(other[place], abs=1e-12) for place in one)


def patterns(words: Words, draw: Random) -> Iterable[tuple[int, ...]]:
    """Each place alone, all at once, all but one, none, and some at random."""
    places = range(len(words))
    alone = [(place,) for place in places]
    but_one = [tuple(set(places) - {place}) for place in places]
    some = [tuple(sorted(draw.sample(places, draw.randint(1, len(words))))) for _ in range(4)]
    return [(), tuple(places), *alone, *but_one, *some]


def test_the_grammar_is_large_enough_to_try_everything() -> None:
    assert 500 < len(texts()) < 3_000
    assert sum(texts().values()) == pytest.approx(1)
    assert len({len(text) for text in texts()}) > 10


def test_every_text_has_its_chance_and_they_sum_to_one() -> None:
    told = {text: math.exp(WORLD.log_probability(text)) for text in texts()}
    assert told == pytest.approx(texts(), rel=1e-12)
    assert sum(told.values()) == pytest.approx(1, abs=1e-12)


def test_a_grammar_whose_sentences_tell_all_is_unambiguous() -> None:
    assert max(Counter(text for text, _ in derivations(PETS)).values()) == 1
    assert max(Counter(text for text, _ in derivations(CALLS)).values()) == 2  # and an ambiguous one is summed, as tried above


def test_every_prefix_has_its_next_words() -> None:
    prefixes: dict[Words, float] = defaultdict(float)
    for text, chance in texts().items():
        for length in range(len(text) + 1):
            prefixes[text[:length]] += chance
    for text in Random(1).sample(sorted(texts()), 150):
        shares = [prefixes[text[: place + 1]] / prefixes[text[:place]] for place in range(len(text))]
        found = WORLD.next_word_log_probabilities(text)
        assert len(found) == len(text) + 1
        assert [math.exp(value) for value in found] == pytest.approx([*shares, texts()[text] / prefixes[text]], rel=1e-12)


def test_every_word_that_may_come_next_has_its_chance() -> None:
    prefixes: dict[Words, float] = defaultdict(float)
    for text, chance in texts().items():
        for length in range(len(text) + 1):
            prefixes[text[:length]] += chance
    vocabulary = {word for text in texts() for word in text}
    for text in Random(5).sample(sorted(texts()), 60):
        found = WORLD.next_words(text)
        assert len(found) == len(text) + 1
        for place, chances in enumerate(found):
            before = text[:place]
            shares = {word: prefixes[(*before, word)] / prefixes[before] for word in vocabulary if (*before, word) in prefixes}
            ends = {END: texts()[before] / prefixes[before]} if before in texts() else {}
            assert chances == pytest.approx(shares | ends, rel=1e-12)
        told = WORLD.next_word_log_probabilities(text)
        assert [math.log(chances[word]) for chances, word in zip(found, (*text, END), strict=True)] == pytest.approx(told, abs=1e-12)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("all",),
        ("all", "was"),
        ("all", "was", "well", "."),  # "bye ." has to follow
        ("all", "was", "well", ".", "bye", ".", "."),
        ("here", "is", "a", "owl", "."),  # "an"
        ("my", "cat", "naps", ".", "the", "cat", "meows", ".", "at", "dawn", "it", "was", "poor", "."),  # the way that is held out
        ("", "bye", "."),
    ],
)
def test_what_the_grammar_cannot_say_has_no_chance(words: Words) -> None:
    assert words not in texts()
    assert WORLD.log_probability(words) == -math.inf
    with pytest.raises(ValueError, match="no text"):
        WORLD.cloze(words, ())
    with pytest.raises(ValueError, match="no text"):
        WORLD.next_words(words)


def test_hidden_words_have_their_exact_chances() -> None:
    draw, tried = Random(2), 0
    by_length = {len(text): text for text in texts()}
    for text in chain(by_length.values(), draw.sample(sorted(texts()), 60)):
        for hidden in patterns(text, draw):
            found = WORLD.cloze(text, hidden)
            assert agree(found, posterior(text, hidden))
            assert all(sum(chances.values()) == pytest.approx(1) for chances in found.values())
            tried += 1
    assert tried > 1_000


def test_every_pair_of_places_of_one_text() -> None:
    text = tuple(["here", "is", "a", "cat", ".", "every", "cat", "meows", ".", "at", "noon", "it", "was", "able", "."])
    for hidden in combinations(range(len(text)), 2):
        assert agree(WORLD.cloze(text, hidden), posterior(text, hidden))


def test_what_stands_at_a_hidden_place_does_not_matter() -> None:
    text = tuple(["here", "is", "a", "cat", ".", "it", "was", "an", "able", "cat", "."])
    for hidden in ((2, 3), tuple(range(len(text)))):
        blanked = tuple("?" if place in hidden else word for place, word in enumerate(text))
        assert agree(WORLD.cloze(blanked, hidden), WORLD.cloze(text, hidden))


def test_visible_words_that_never_come_together_are_refused() -> None:
    text = tuple(["my", "owl", "naps", ".", "the", "cat", "meows", ".", "at", "dawn", "it", "was", "ugly", "."])
    with pytest.raises(ValueError, match="no text"):
        WORLD.cloze(text, (0,))
    with pytest.raises(ValueError, match="no text"):
        WORLD.cloze(("?",) * 100, range(100))  # no text is as long


def test_one_register_alone_is_a_world() -> None:
    alone = World([(PETS, 1.0)])
    for text, chance in Random(3).sample(sorted(derivations(PETS)), 50):
        assert alone.log_probability(text) == pytest.approx(math.log(chance))


def test_samples_come_as_often_as_they_should() -> None:
    count, draw = 20_000, Random(4)
    chances = dict(derivations(PETS))
    drawn: Counter[Words] = Counter()
    for _ in range(count):
        text = PETS.sample(draw)
        assert text.log_probability == pytest.approx(math.log(chances[text.words]))
        drawn[text.words] += 1
    # The sum of squared deviations, each over its variance, has about one per text with a spread of sqrt(2 n).
    surprise = sum((drawn[text] - count * chance) ** 2 / (count * chance) for text, chance in chances.items())
    assert abs(surprise - len(chances)) < 5 * math.sqrt(2 * len(chances))


def test_an_article_suits_the_noun_that_follows() -> None:
    noun = given("fruit", "size", {"small": ("olive", "apple", "plum"), "big": ("melon",)})
    an = article("an", noun)
    assert dict(an.choices({"size": "small"})) == pytest.approx({"a": 1 / 3, "an": 2 / 3})
    assert dict(an.choices({"size": "big"})) == {"a": 1.0}
    suited = agreeing(noun, "an")
    assert dict(suited.choices({"size": "small", "an": "an"})) == pytest.approx({"olive": 0.5, "apple": 0.5})
    assert dict(suited.choices({"size": "small", "an": "a"})) == {"plum": 1.0}
    assert dict(suited.choices({"size": "small"})) == pytest.approx(dict.fromkeys(("olive", "apple", "plum"), 1 / 3))
    assert free("x", ("u", "v")).choices({}) == (("u", 0.5), ("v", 0.5))
