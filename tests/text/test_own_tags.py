"""A visitor's own tagged text: both forms, BIO held to and repaired, and what is refused by the number of its line."""

from pathlib import Path

import pytest

from llmviz.text import own_tags
from llmviz.text.own_tags import MOST_BYTES, MOST_SENTENCES, MOST_TYPES, MOST_WORDS, Sentence, Tagged, keep, tagged

ANNA = Sentence(("Anna", "lives", "in", "New", "York", "."), ("B-PER", "O", "O", "B-LOC", "I-LOC", "O"))
COLUMNS = "Anna B-PER\nlives O\nin O\nNew B-LOC\nYork I-LOC\n. O\n"
BRACKETS = "[Anna](PER) lives in [New York](LOC) .\n"


def given(text: str, repair: bool = False) -> Tagged:
    return tagged(text.encode(), repair)


@pytest.mark.parametrize(
    "text", [COLUMNS, BRACKETS, COLUMNS.replace(" ", "\t"), COLUMNS.replace("\n", "\r\n"), BRACKETS.replace(" .", " .\r\r")]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_both_forms_say_the_same(text: str, encoding: str) -> None:
    assert tagged(text.encode(encoding)) == Tagged((ANNA,), ("LOC", "PER"))


def test_tags_and_their_counts() -> None:
    both = given(COLUMNS + "\n\n" + COLUMNS)
    assert both.sentences == (ANNA, ANNA) and both.counts == (2, 2)
    assert both.tags == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")


def test_columns_between_word_and_tag_headers_and_comments_are_passed_over() -> None:
    before = "#begin document (a); part 0\n-DOCSTART- -X- -X- O\n# sent_id = 1\n# text = an O\n# a note\n"
    assert given(before + "Anna NNP I-NP B-PER\n# SYM I-NP O\n#tag NN I-NP O\n").sentences == (
        Sentence(("Anna", "#", "#tag"), ("B-PER", "O", "O")),
    )


def test_a_tab_divides_where_there_is_one() -> None:
    assert given("New York\tB-LOC\n75 %\tO\n").sentences == (Sentence(("New York", "75 %"), ("B-LOC", "O")),)


def test_a_bracket_divides_words() -> None:
    assert given("pre[Anna Li](PER)'s dog (\\[small\\])\n\nin [Ρώμη](ΤΟΠΟΣ), [北京]( 地点 )。\n").sentences == (
        Sentence(("pre", "Anna", "Li", "'s", "dog", "([small])"), ("O", "B-PER", "I-PER", "O", "O", "O")),
        Sentence(("in", "Ρώμη", ",", "北京", "。"), ("O", "B-ΤΟΠΟΣ", "O", "B-地点", "O")),
    )


def test_neighbours_of_one_type_stay_two_entities() -> None:
    assert given("[Anna](PER) [Leo](PER)").sentences[0].tags == given("Anna B-PER\nLeo B-PER").sentences[0].tags == ("B-PER", "B-PER")


def test_what_looks_like_a_program_stays_a_word() -> None:
    words = ("=1+1", "<script>alert(1)</script>", "{name}")
    assert given("\n".join(f"{word} B-X" for word in words)).sentences[0].words == words


@pytest.mark.parametrize(
    ("tags", "line", "count", "repaired"),
    [
        ("I-PER O", 1, 1, "B-PER O"),
        ("O I-PER I-PER", 2, 1, "O B-PER I-PER"),
        ("B-LOC I-PER I-PER", 2, 1, "B-LOC B-PER I-PER"),
        ("I-LOC B-LOC I-LOC I-PER", 1, 2, "B-LOC B-LOC I-LOC B-PER"),  # IOB1
    ],
)
def test_an_entity_that_begins_with_i_is_reported_or_repaired(tags: str, line: int, count: int, repaired: str) -> None:
    text = "\n".join(f"word {tag}" for tag in tags.split())
    with pytest.raises(ValueError, match=rf"line {line}: I-\w+ at “word” follows neither .* there are {count} such tags"):
        given(text)
    found = given(text, repair=True)
    assert found.repaired == count and found.sentences[0].tags == tuple(repaired.split())
    assert given("\n".join(f"word {tag}" for tag in found.sentences[0].tags)).sentences == found.sentences


def test_an_entity_ends_with_its_sentence() -> None:
    with pytest.raises(ValueError, match="line 3: I-PER"):
        given("Anna B-PER\n\nLi I-PER\nleft O\n")


def test_repair_changes_nothing_that_is_whole() -> None:
    assert given(COLUMNS, repair=True) == given(COLUMNS) and given(COLUMNS).repaired == 0


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "this file is empty"),
        (" \n\n", "this file is empty"),
        ("just a sentence .\n", "no entity is marked in this file; it has"),
        ("Anna PER\nleft O\nhome X\n", "no entity is marked in this file; it has"),  # types without B- and I-
        ("Anna O\nleft O\n", "every tag is O"),
        ("Anna B-PER\nleft\nhome O\n", "line 2: “left” has one column"),
        ("Anna B-PER\nleft X\nhome O\n", "line 2: “X” is no tag of BIO"),
        ("Anna S-PER\nleft O\n", "line 1: “S-PER” is no tag of BIO"),
        (f"Anna B-{'P' * 31}\nleft O\n", f"line 1: “B-{'P' * 31}” is no tag of BIO"),
        ("\u200b\tB-PER\nleft O\n", "line 1: there is no word before the tag B-PER"),
        (f"{'a' * 201} B-PER\n", "line 1: a word has at most 200 letters, and this one has 201"),
        (BRACKETS + "[Anna(PER) left", "line 2, letter 1: a bracket without its other half"),
        (BRACKETS + "Anna](PER) left", "line 2, letter 5: a bracket without its other half"),
        (BRACKETS + "see [Anna] now", "line 2, letter 5: a bracket without its other half or without a type"),
        (BRACKETS + "[Anna](PER left", "line 2, letter 1: a bracket"),
        (BRACKETS + "the [old [Anna](PER)](X)", "line 2, letter 5: a bracket"),
        (BRACKETS + "[ ](PER) left", "line 2, letter 1: there is no word between the brackets"),
        (BRACKETS + "[Anna]() left", "line 2: “B-” is no tag of BIO"),
        (BRACKETS + "[Anna](two words) left", "line 2: “B-two words” is no tag of BIO"),
        ("".join(f"word B-X{number}\n" for number in range(MOST_TYPES + 1)), "11 types of entities; at most 10"),
        ("word B-X\n" * (MOST_WORDS + 1), "line 1: the sentence that begins here has more than 200 words"),
        (COLUMNS + "\n" + "word O\n" * (MOST_WORDS + 1), "line 8: the sentence that begins here"),
        (BRACKETS + "word " * (MOST_WORDS + 1), "line 2: the sentence that begins here"),
        (BRACKETS + "a " * 1_000_000, "line 2: the sentence that begins here"),
        ("word B-X\n\n" * (MOST_SENTENCES + 1), "more than 5,000 sentences; keep at most so many: the next one begins in line 10,001"),
        ("a B-X\n\n" * (MOST_BYTES // 7 + 1), "this file has more than 5 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, refusal: str) -> None:
    with pytest.raises(ValueError, match=refusal):
        given(text)


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", bytes(range(256)), b"\x89PNG\r\n\x1a\n\x00"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="this file is"):
        tagged(content)


def test_as_many_sentences_and_types_as_there_may_be() -> None:
    found = given("".join(f"word B-X{number % MOST_TYPES}\n\n" for number in range(MOST_SENTENCES)))
    assert len(found.sentences) == MOST_SENTENCES and len(found.types) == MOST_TYPES


def test_sentences_are_found_by_their_digest_alone_and_only_whole(home: Path) -> None:
    digest = keep(given(BRACKETS))
    assert own_tags.read(digest) == given(COLUMNS)
    (home / "texts" / digest / own_tags.FILE).write_text("{}")
    for name, refusal in ((digest, "not kept on this machine"), ("../../own", "64 hexadecimal")):
        with pytest.raises(ValueError, match=refusal):
            own_tags.read(name)
