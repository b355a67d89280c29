"""The register of news: every text can be tagged in one way only, and a third of its names is never labelled."""

from random import Random

from llmviz.core.tagging import entities
from llmviz.text.splits import split_of
from llmviz.text.tinyland import news
from llmviz.text.tinyland.corpus import words
from llmviz.text.tinyland.news import BOTH, NEWS, UNLABELLED, readings, tag, tagged


def test_all_its_words_are_tinylands() -> None:
    assert NEWS.words() <= set(words())


def test_every_text_has_one_reading_and_that_is_how_it_was_made() -> None:
    random = Random("others")
    for text in (NEWS.sample(random) for _ in range(4_000)):
        assert readings(text.words) == (tuple(map(tag, text.slots)),)


def test_no_two_sentences_of_the_grammar_say_the_same_words_of_other_names() -> None:
    # By brute force over pairs of templates: where every place can be the same word in both, the tags are the same in both.
    templates = NEWS.themes[0].acts[0].templates

    def said(slot: str) -> frozenset[str]:
        return NEWS.variables[slot[1:-1]].values if slot[0] == "{" else frozenset({slot})

    def tags(slots: tuple[str, ...]) -> list[str]:
        return [tag(slot[1:-1]) if slot[0] == "{" else "O" for slot in slots]

    for place, one in enumerate(templates):
        for other in templates[place + 1 :]:
            if len(one.words) == len(other.words) and tags(one.words) != tags(other.words):
                assert any(said(left).isdisjoint(said(right)) for left, right in zip(one.words, other.words, strict=True))


def test_a_text_that_the_grammar_does_not_tell_has_no_reading() -> None:
    assert readings(("Anna", "sings", ".")) == () and readings(("Paris", "lives", "in", "Vienna", "with", "Omar", ".")) != ()


def test_labels_show_two_thirds_of_the_names() -> None:
    found = tagged()
    assert not any(UNLABELLED & set(text) for text, _ in found["train"])
    named = [text[one.begin : one.end] for text, tags in found["test"] for one in entities(tags)]
    assert 0.3 < sum(not UNLABELLED.isdisjoint(name) for name in named) / len(named) < 0.5


def test_the_splits_share_no_text_and_suffice() -> None:
    found = tagged()
    texts = {split: {words for words, _ in pairs} for split, pairs in found.items()}
    assert len(texts["test"]) >= 1_000 and len(texts["validation"]) >= 256 and len(texts["train"]) >= 4_000
    assert all(split_of(" ".join(text)) == split for split, told in texts.items() for text in told)


def test_some_words_name_a_person_here_and_a_place_there() -> None:
    kinds: dict[str, set[str]] = {word: set() for word in BOTH}
    for text, tags in tagged()["test"]:
        for word, own in zip(text, tags, strict=True):
            if word in BOTH:
                kinds[word].add(own[2:])
    assert all({"PER", "LOC"} <= found for found in kinds.values())
    assert news.TYPES == ("PER", "LOC", "ORG")
