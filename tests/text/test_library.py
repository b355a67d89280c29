"""The small library: four sources in long documents, and the World Factbook said in sentences."""

import re

import pytest

from llmviz.core.settings import TextSpec
from llmviz.text import cleaning, corpora, factbook, reviews


@pytest.fixture(scope="module")
def library() -> corpora.Corpus:
    return corpora.load(TextSpec("library"))


def test_documents_are_whole_clean_and_long(library: corpora.Corpus) -> None:
    documents = (*library.train, *library.validation, *library.test)
    assert 6_500_000 < library.words < 8_000_000 and len(set(documents)) == len(documents)
    assert all(cleaning.FEWEST_WORDS <= len(document.split()) <= cleaning.LONG_WORDS for document in documents)
    assert not any(re.search(r"[\[\]<>(){}|\n\t]|  ", document) for document in documents)


def test_each_source_is_in_every_part(library: corpora.Corpus) -> None:
    told = {"a film": "film", "a speech": "Congress", "an article": "is a", "a country": ", climate:"}
    for part in (library.train[:3_000], library.validation, library.test):
        assert all(any(words in document for document in part) for words in told.values())


def test_reviews_that_are_held_out_with_labels_are_not_in_it(library: corpora.Corpus) -> None:
    held_out = {text for part in ("validation", "test") for text, _ in reviews.labelled()[part]}
    assert len(held_out) > 2_000 and not held_out & set(library.train)


COUNTRY = {
    "Government": {
        "Country name": {"conventional short form": {"text": "none"}, "conventional long form": {"text": "Kingdom of Nod"}},
        "Capital": {"name": {"text": "Enoch"}, "note": {"text": "<b>note:</b> it is old"}},
    },
    "Geography": {
        "Geographic coordinates": {"text": "11 00 N, 10 00 W"},
        "Climate": {"text": "mild &amp; wet;  rain in winter (June to November)"},
        "Coastline": {"text": "320 km"},
        "Land use": {"arable land: irrigated": {"text": "irrigated: along its two rivers"}},
    },
    "Introduction": {"Background": {"text": "<p>Nod lies east of Eden. It has been a kingdom since it was founded.</p>"}},
    "Economy": {"Real GDP": {"Real GDP 2024": {"text": "some billions of dollars"}}, "note": "an editor's"},
}


def test_fields_become_statements_and_figures_are_left_out() -> None:
    assert list(factbook._country(COUNTRY)) == [
        "Kingdom of Nod, country name, conventional short form: none. "
        "Kingdom of Nod, country name, conventional long form: Kingdom of Nod. "
        "Kingdom of Nod, capital, name: Enoch.",
        "Kingdom of Nod, climate: mild & wet; rain in winter. Kingdom of Nod, land use, arable land: irrigated: along its two rivers.",
        "Nod lies east of Eden. It has been a kingdom since it was founded.",
    ]


def test_a_country_without_a_name_says_nothing() -> None:
    assert list(factbook._country({"Geography": COUNTRY["Geography"]})) == []


def test_the_book_says_what_it_says() -> None:
    every = " ".join(factbook.passages())
    assert "Iceland, capital, name: Reykjavik." in every and not re.search(r"<[a-z]|&[a-z]+;", every)
