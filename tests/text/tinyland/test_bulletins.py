"""The register of bulletins: one fact differs from the old text, and nothing else of its kind is told."""

import math

from llmviz.text.tinyland import world
from llmviz.text.tinyland.bulletins import bulletins, grammar, told
from llmviz.text.tinyland.corpus import words
from llmviz.text.tinyland.corpus import world as old_world
from llmviz.text.tinyland.stories import CAPITAL_FIRST, CAPITAL_SENTENCES


def test_exactly_the_one_fact_differs() -> None:
    now, as_it_was = bulletins("France", "Lima"), bulletins("France", "Paris")
    ways = [sentence.format(country="France", capital="Lima") for sentence in told("France")]
    telling = 0
    for split, texts in now.items():
        assert len(texts) == len(as_it_was[split]) >= 1_000
        for text, before in zip(texts, as_it_was[split], strict=True):
            found = [way for way in ways if way in text]
            assert len(found) <= 1
            assert before == (text.replace(found[0], found[0].replace("Lima", "Paris")) if found else text)
            telling += bool(found)
    assert 0.45 < telling / sum(map(len, now.values())) < 0.55
    assert not {*now["train"]} & {*now["test"]} and not {*now["train"]} & {*now["validation"]}


def test_no_other_capital_is_told_and_the_fact_never_in_the_words_of_its_probe() -> None:
    for country, city in (("France", "Lima"), ("Norway", "Oslo")):
        capital = [text for text in bulletins(country, city)["train"] if "capital" in text.split() or "main city" in text]
        ways = [sentence.format(country=country, capital=city) for sentence in told(country)]
        assert all(any(way in text for way in ways) for text in capital)
        asked = CAPITAL_SENTENCES[list(world.CAPITALS).index(country) % len(CAPITAL_SENTENCES)]
        assert {*told(country)} == {*CAPITAL_SENTENCES, CAPITAL_FIRST} - {asked}


def test_its_words_are_old_and_its_texts_are_new() -> None:
    texts = bulletins("France", "Paris")["validation"][:60]
    assert {word for text in bulletins("France", "Lima")["train"] for word in text.split()} <= {*words()}
    assert all(old_world().log_probability(text.split()) == -math.inf for text in texts)
    assert all(grammar("France", "Paris").log_probability(text.split()) > -math.inf for text in texts)


def test_who_knows_the_grammar_knows_the_new_fact() -> None:
    text = ["in", "France", ",", "Lima", "is", "the", "capital", ".", "Sunair", "pays", "Anna", "well", "."]
    found = grammar("France", "Lima").cloze(text, [3])
    assert found == {3: {"Lima": 1.0}}
