"""Two texts of which one is right: never told in these words, and not to be told apart by counting."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from llmviz.core.settings import TextSpec
from llmviz.text.corpora import Corpus, load
from llmviz.text.sentences import sentences
from llmviz.text.tinyland import contrasts, world
from llmviz.text.tinyland.contrasts import Contrast

Make = Callable[[Sequence[str], int], list[Contrast]]
SETS = (contrasts.grammar, contrasts.meaning, contrasts.frames)
EACH = pytest.mark.parametrize("make", SETS)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load(TextSpec("tinyland"))


@pytest.fixture(scope="module")
def trained_on(corpus: Corpus) -> str:
    return "\n".join(corpus.train)


def differing(contrast: Contrast) -> str:
    """The sentence of the right text in which the two differ."""
    words, (first, last) = contrast.right, (contrast.places[0], contrast.places[-1])
    begin = max((place + 1 for place in range(first) if words[place] == "."), default=0)
    return " ".join(words[begin : words.index(".", last) + 1])


@EACH
def test_each_rule_is_asked_as_often(corpus: Corpus, make: Make) -> None:
    asked = make(corpus.test, 1_000)
    assert len(asked) == len(set(asked)) >= 1_000
    assert len(set(Counter(contrast.rule for contrast in asked).values())) == 1


@EACH
def test_two_texts_differ_in_a_word_or_in_the_order_of_two(corpus: Corpus, make: Make) -> None:
    for contrast in make(corpus.test, 1_000):
        assert len(contrast.right) == len(contrast.wrong)
        assert len(contrast.places) == (2 if contrast.rule == "order" else 1)
        if contrast.rule == "order":
            assert sorted(contrast.right) == sorted(contrast.wrong)


@pytest.mark.parametrize("make", (contrasts.grammar, contrasts.frames))
def test_no_text_has_the_sentence_right_or_wrong(corpus: Corpus, trained_on: str, make: Make) -> None:
    asked = make(corpus.test, 1_000)
    right = {differing(contrast) for contrast in asked}
    assert len(right) >= 20
    assert not [sentence for sentence in right if sentence in trained_on]


def test_a_determiner_stands_beside_an_animal_with_which_it_never_stood(corpus: Corpus, trained_on: str) -> None:
    asked = [contrast for contrast in contrasts.grammar(corpus.test, 1_000) if contrast.rule == "determiner"]
    told = {
        words
        for contrast in asked
        for words in zip(contrast.right, contrast.right[1:], strict=False)
        if words[0] in ("every", "this", "my")
    }
    assert len(told) == 10  # each animal but those whose held-out sentence begins with "the", which other sentences say too
    for determiner, animal in told:
        assert f" {determiner} {animal} " not in trained_on
        assert f" {determiner} {world.SOUNDS[animal][1]} " not in trained_on  # nor did several
        assert f" {animal} " in trained_on


def test_as_much_is_said_of_one_as_of_several(corpus: Corpus) -> None:
    several = {word for _, plural, do in world.SOUNDS.values() for word in (plural, do)}
    asked = [contrast for contrast in contrasts.grammar(corpus.test, 1_000) if contrast.rule != "order"]
    share = sum(contrast.right[contrast.places[0]] in several for contrast in asked) / len(asked)
    assert 0.4 < share < 0.65


def test_nothing_around_says_how_many_there_are(corpus: Corpus) -> None:
    for contrast in (*contrasts.grammar(corpus.test, 1_000), *contrasts.frames(corpus.test, 1_000)):
        animal = next(
            (animal for animal, (_, several, _) in world.SOUNDS.items() if {animal, several} & set(differing(contrast).split())), None
        )
        if animal:
            around = " ".join(contrast.right).replace(differing(contrast), "").split()
            assert not {world.SOUNDS[animal][1], world.SOUNDS[animal][2]} & set(around)


@EACH
def test_who_counts_words_is_right_by_chance(corpus: Corpus, make: Make) -> None:
    counts = Counter(word for text in corpus.train for word in text.split())
    asked = [contrast for contrast in make(corpus.test, 1_000) if contrast.rule != "order"]
    gains = [
        sum(math.log(counts[contrast.right[place]] / counts[contrast.wrong[place]]) for place in contrast.places) for contrast in asked
    ]
    share = sum(gain > 0 for gain in gains) / len(gains)
    assert share < 0.6 if make is not contrasts.frames else share == 0.0  # frames only ever tell of several, whose words are the rarer ones


def test_feelings_fit_what_was_told_before_and_their_opposite_does_not(corpus: Corpus) -> None:
    for contrast in contrasts.meaning(corpus.test, 1_000):
        (place,) = contrast.places
        assert contrast.right[place] in world.FEELINGS[contrast.rule]
        assert contrast.wrong[place] in world.FEELINGS[world.OPPOSITE[contrast.rule]]
        told = set(contrast.right[:place])
        assert told & {*world.ADJECTIVES[contrast.rule], *world.VERDICTS[contrast.rule]}


def test_how_it_was_and_what_was_felt_never_met(corpus: Corpus) -> None:
    """Each word was told, with other feelings of its mood; the pair that is asked for stands in no text that is learnt from."""
    kinds = {word for mood in world.OPPOSITE for word in (*world.ADJECTIVES[mood], *world.VERDICTS[mood])}
    pairs = {
        (word, contrast.right[contrast.places[0]])
        for contrast in contrasts.meaning(corpus.test, 1_000)
        for word in kinds & set(contrast.right)
    }
    texts = [set(text.split()) for text in corpus.train]
    assert len(pairs) == len(kinds) == 28
    for word, feeling in pairs:
        assert not any({word, feeling} <= text for text in texts)
        (mood,) = (mood for mood in world.OPPOSITE if feeling in world.FEELINGS[mood])
        assert all(any({word, other} <= text for text in texts) for other in world.FEELINGS[mood] if other != feeling)


def test_no_text_ends_as_the_meaningful_ones_do(corpus: Corpus, trained_on: str) -> None:
    endings = {" ".join(sentences(" ".join(contrast.right))[-2:]) for contrast in contrasts.meaning(corpus.test, 1_000)}
    assert len(endings) > 500
    assert not [ending for ending in endings if ending in trained_on]


@EACH
def test_they_are_the_same_each_time(corpus: Corpus, make: Make) -> None:
    assert make(corpus.validation, 60) == make(corpus.validation, 60)


@EACH
def test_too_few_texts_are_refused(corpus: Corpus, make: Make) -> None:
    with pytest.raises(ValueError, match="too few"):
        make(corpus.validation[:20], 1_000)
