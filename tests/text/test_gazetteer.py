"""A list of names, and the tags it gives to texts."""

from itertools import pairwise

import pytest
from tokenizers.pre_tokenizers import BertPreTokenizer

from llmviz.core.settings import TextSpec
from llmviz.core.tagging import entities
from llmviz.experiments.entities import EXAMPLES
from llmviz.text import corpora, gazetteer, wikipedia
from llmviz.text.gazetteer import HELD_OUT, Article, Gazetteer, kind_of, listed, searched, untagged, words_of
from llmviz.text.splits import place_of
from llmviz.text.tagged import tagged

ARTICLES = (
    Article("South Africa", "Geography", "Country in Southern Africa"),
    Article("Africa", "Uncategorized", "Continent"),
    Article("Memphis, Egypt", "History", "Ancient capital of Inebu-hedj, Egypt"),
    Article("Nice", "Geography", "Prefecture of Alpes-Maritimes, Southern France"),
    Article("Capital city", "Geography", "Seat of government of a country"),
    Article("Alfred Nobel", "People", "Swedish chemist and inventor (1833-1896)"),
    Article("Marie Curie", "Uncategorized", "Polish-French physicist and chemist (1867-1934)"),
    Article("Prince (musician)", "People", "American musician (1958-2016)"),
    Article("Irving Berlin", "People", "American composer (1888-1989)"),
    Article("Berlin", "Geography", "Capital of Germany"),
    Article("Nobel Prize", "Society and social sciences", "Prizes established in 1895"),
    Article("The Beatles", "Uncategorized", "English rock band (1960-1970)"),
    Article("University of California, Berkeley", "Society and social sciences", "Public university in Berkeley, California"),
    Article("Gold", "Uncategorized", "Chemical element with atomic number 79 (Au)"),
)
TEXTS = ("A nice prince lives in the capital city .", "The Prince went to Nice .")


@pytest.fixture(scope="module")
def names() -> Gazetteer:
    return listed(ARTICLES, TEXTS)


def found(names: Gazetteer, text: str) -> list[str]:
    words = words_of(text)
    return [f"{' '.join(words[one.begin : one.end])}: {one.kind}" for one in entities(names.tags(words, names.found(words)))]


def test_a_topic_and_a_description_tell_the_kind() -> None:
    assert [kind_of(article) for article in ARTICLES] == [
        *["LOC"] * 5, "PER", "PER", "PER", "PER", "LOC", "O", "ORG", "ORG", "O"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("South Africa lies in Africa.", ["South Africa: LOC", "Africa: LOC"]),  # the longest title counts
        ("Alfred Nobel gave the Nobel Prize, and Nobel was rich.", ["Alfred Nobel: PER", "Nobel: PER"]),  # also of one that is no name
        ("A nice Prince of the Capital city saw Nice.", []),  # ordinary words
        ("africa is no name, and SOUTH AFRICA is none.", []),  # as the raw text is cased
        ("London Berlin, Berlin Bridge, Robert Curie, Curie-Weiss, but Nice Curie.", ["Curie: PER"]),  # parts of names that are not listed
        ("Berlin came to Memphis to hear the Beatles.", ["Berlin: LOC", "Memphis: LOC", "Beatles: ORG"]),  # a place is no surname
        ("The University of California, Berkeley is in the west.", ["University of California , Berkeley: ORG"]),
    ],
)
def test_names_are_found(names: Gazetteer, text: str, expected: list[str]) -> None:
    assert found(names, text) == expected


def test_who_is_held_out_is_in_no_text_to_learn_from(names: Gazetteer) -> None:
    texts = tuple(f"{title} was here, and {other} came." for title, other in pairwise(each.title for each in ARTICLES))
    splits = searched({"train": texts, "test": texts}, names)
    labelled = {words[begin:end] for words, _ in splits["train"] for begin, end in names.found(words)}
    asked = {words[begin:end] for words, _ in splits["test"] for begin, end in names.found(words)}
    assert labelled and labelled < asked and not any(place_of(names.families[name]) % HELD_OUT == 0 for name in labelled)
    assert names.families[("Curie",)] == names.families[("Marie", "Curie")]  # a surname goes with its bearer


def test_what_the_list_lacks_is_counted() -> None:
    texts = [
        (("In", "South", "Africa", "the", "Boer", "War", "began", "in", "1899"), ("O", "B-LOC", "I-LOC", *["O"] * 6)),
        (("He", "saw", "The", "Hague", "."), ("O",) * 5),  # a run of one, for these texts write the small
    ]
    assert untagged(texts) == (1, 2)


def test_wikipedia_is_tagged_in_words_as_the_model_reads_them_and_its_test_was_never_read() -> None:
    splits = tagged(TextSpec("wiki"))
    names, read = gazetteer.gazetteer(), set(map(words_of, corpora.load(TextSpec("wiki")).train))
    assert all(len(texts) > 400 for texts in splits.values())
    assert not any(names.held_out(words, names.found(words)) for words, _ in splits["train"][:1_000])
    asked = [names.held_out(words, names.found(words)) for words, _ in splits["test"]]
    assert 0.2 < sum(asked) / len(asked) < 0.6
    assert not read & {words for part in ("validation", "test") for words, _ in splits[part]}
    example = words_of(EXAMPLES["wiki"][0].sentence)
    assert [names.held_out(example, [place]) for place in names.found(example)] == [True, True]  # as its page says of it
    cut = BertPreTokenizer()
    for text in wikipedia.passages()[::100]:
        assert words_of(text) == tuple(word for word, _ in cut.pre_tokenize_str(text))
