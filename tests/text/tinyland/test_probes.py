"""Facts held out: told in training, asked in a sentence in which they are never told."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from llmviz.core.settings import TextSpec
from llmviz.text.corpora import Corpus, load
from llmviz.text.tinyland import probes, world
from llmviz.text.tinyland.probes import Probe
from llmviz.text.tinyland.stories import CAPITAL_SENTENCES, SOUND_SENTENCES

Fact = tuple[str, str]

SOUNDS = {animal: sound for animal, (sound, _, _) in world.SOUNDS.items()}
Make = Callable[[Sequence[str], int], list[Probe]]
SETS = [
    pytest.param(probes.facts, CAPITAL_SENTENCES, world.CAPITALS, id="facts"),
    pytest.param(probes.sounds, SOUND_SENTENCES, SOUNDS, id="sounds"),
]
EACH = pytest.mark.parametrize(("make", "ways", "table"), SETS)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load(TextSpec("tinyland"))


def told(texts: Sequence[str], way: str, table: dict[str, str]) -> Counter[Fact]:
    """What these texts say about the table's entries in one way, right or wrong, and how often."""
    pattern = re.sub(r"\\{\w+\\}", r"(\\w+)", re.escape(way).replace(r"\ ", " "))
    answer_first = way.index("{capital}") < way.index("{country}") if "{capital}" in way else False
    found: Counter[Fact] = Counter()
    for one, other in re.findall(rf"(?:^|(?<=[.!] )){pattern}", "\n".join(texts), re.MULTILINE):
        asked, answer = (other, one) if answer_first else (one, other)
        if asked in table:
            found[asked, answer] += 1
    return found


@EACH
def test_no_fact_is_told_in_its_held_out_way_and_that_way_tells_others(
    corpus: Corpus, make: Make, ways: tuple[str, ...], table: dict[str, str]
) -> None:
    everything = corpus.train + corpus.validation + corpus.test
    for index, way in enumerate(ways):
        held_out = {fact for place, fact in enumerate(table.items()) if place % len(ways) == index}
        assert held_out
        found = {(asked, answer) for asked, answer in told(everything, way, table) if answer in table.values()}
        assert found == set(table.items()) - held_out  # true ones alone, and all but the held-out ones
        assert {fact for fact in told(corpus.train, way, table) if fact[1] in table.values()} == found


@EACH
def test_each_fact_is_told_often_in_training(corpus: Corpus, make: Make, ways: tuple[str, ...], table: dict[str, str]) -> None:
    often = sum((told(corpus.train, way, table) for way in ways), Counter[Fact]())
    assert all(often[fact] > 100 for fact in table.items())


@EACH
def test_probes_ask_each_fact_as_often_and_in_its_held_out_way(
    corpus: Corpus, make: Make, ways: tuple[str, ...], table: dict[str, str]
) -> None:
    asked = make(corpus.test, 1_000)
    assert len(asked) == len(set(asked)) >= 1_000
    sentences = {fact: way for place, fact in enumerate(table.items()) for way in [ways[place % len(ways)]]}
    counts: Counter[Fact] = Counter()
    for probe in asked:
        _before, sentence, _after = parts(probe)
        fact = next(fact for fact in table.items() if fact[1] == probe.truth and fact[0] in sentence)
        assert sentence == spelt(sentences[fact], fact)
        counts[fact] += 1
    assert set(counts) == set(table.items())
    assert len(set(counts.values())) == 1


@EACH
def test_probes_are_set_into_texts_of_their_own_part(corpus: Corpus, make: Make, ways: tuple[str, ...], table: dict[str, str]) -> None:
    for part in (corpus.validation, corpus.test):
        texts = "\n".join(part)
        for probe in make(part, 200):
            before, sentence, after = parts(probe)
            fact = next(fact for fact in table.items() if fact[1] == probe.truth and fact[0] in sentence)
            assert any(f"{before} {spelt(way, fact)} {after}".strip() in texts for way in ways)


@EACH
def test_probes_come_with_and_without_a_story_around(corpus: Corpus, make: Make, ways: tuple[str, ...], table: dict[str, str]) -> None:
    asked = [parts(probe) for probe in make(corpus.test, 1_000)]
    for side in (0, 2):
        assert 0.1 < sum(bool(found[side]) for found in asked) / len(asked) < 0.95


@EACH
def test_probes_are_the_same_each_time(corpus: Corpus, make: Make, ways: tuple[str, ...], table: dict[str, str]) -> None:
    assert make(corpus.validation, 60) == make(corpus.validation, 60)


@EACH
def test_too_few_texts_are_refused(corpus: Corpus, make: Make, ways: tuple[str, ...], table: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="too few"):
        make(corpus.validation[:20], 1_000)


def spelt(way: str, fact: Fact) -> str:
    for slot, value in zip(("{country}", "{capital}") if "{country}" in way else ("{animal}", "{sound}"), fact, strict=True):
        way = way.replace(slot, value)
    return way


def parts(probe: Probe) -> tuple[str, str, str]:
    """The words before the sentence with the hidden word, that sentence, the words after it."""
    ends = [place for place, word in enumerate(probe.words) if word in (".", "!")]
    first = max((end + 1 for end in ends if end < probe.hidden), default=0)
    last = min(end for end in ends if end >= probe.hidden) + 1
    before, sentence, after = probe.words[:first], probe.words[first:last], probe.words[last:]
    return " ".join(before), " ".join(sentence), " ".join(after)
