"""A visitor's own labelled examples: what is kept of two columns, what is left out and why, and the parts they are divided into."""

import json
from collections import Counter
from pathlib import Path

import pytest

from llmviz.text import own_labels, own_table
from llmviz.text.own_labels import MOST_CLASSES, MOST_LETTERS, Labelled, keep, labelled

FILMS = "text,label\na fine film,good\na dull film,bad\na fine play,good\na dull play,bad\na fine book,good\n"


def given(text: str, columns: tuple[int, int] = (0, 1)) -> Labelled:
    return labelled(own_table.read(text.encode()), *columns)


def test_examples_are_texts_with_the_place_of_their_class() -> None:
    films = given(FILMS)
    assert films.classes == ("bad", "good") and films.counts == (2, 3)
    assert films.examples[:2] == (("a fine film", 1), ("a dull film", 0))
    assert not (films.dropped or films.cut or films.notes)


def test_columns_may_stand_anywhere() -> None:
    swapped = "\n".join(f"{'' if text == 'text' else 7},{label},{text}" for text, label in (line.split(",") for line in FILMS.splitlines()))
    assert given(swapped, (2, 1)) == given(FILMS)
    for columns in ((0, 0), (0, 2), (-1, 0), (1, 7)):
        with pytest.raises(ValueError, match="two different columns of the 2"):
            given(FILMS, columns)


def test_what_is_missing_is_left_out_and_said() -> None:
    films = given(FILMS + ",good\nno label,\n  ,  \n \u200b ,bad\nnice,but,good\nsad,bad,\n")
    assert [(str(each), each.rows) for each in films.dropped] == [
        ("1 row left out, with more cells than there are columns: row 11", (11,)),
        ("2 rows left out, with no text: rows 7, 10", (7, 10)),
        ("1 row left out, with no label: row 8", (8,)),
    ]
    assert films.examples[-1] == ("sad", 0)  # an empty cell past the last column is none


def test_a_text_comes_once_and_one_with_two_labels_not_at_all() -> None:
    films = given(FILMS + "a fine film,good\nA  FINE Film,good\na dull film,good\na new film,bad\n")
    assert films.counts == (2, 3) and "a dull film" not in dict(films.examples)
    assert [(each.why, each.rows) for each in films.dropped] == [(own_labels.AGAIN, (7, 8)), (own_labels.CONTRADICTED, (3, 9))]


def test_texts_alike_as_far_as_they_are_read_are_one() -> None:
    long = "word " * MOST_LETTERS
    films = given(FILMS + f"{long} one,good\n{long} two,good\n")
    assert len(films.examples[-1][0]) == MOST_LETTERS - 1 and films.cut == (7,)  # without the space at the end
    assert films.notes[-1] == "texts are read up to letter 1,000; longer: row 7"


def test_labels_are_compared_as_typed_and_said_to_be() -> None:
    films = given(FILMS + "nice,Good\n sad , bad \n")
    assert films.classes == ("Good", "bad", "good") and films.counts == (1, 3, 3)
    assert films.notes == ("labels are compared as typed, so that “Good” and “good” are different classes",)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (("10", "9", "-1"), ("-1", "9", "10")),
        (("1,5", "0,5", "10"), ("0,5", "1,5", "10")),
        (("1", "1.0", "b"), ("1", "1.0", "b")),
        (("καλό", "κακό", "好"), ("κακό", "καλό", "好")),
        (("=1+1", "<b>", "nan"), ("<b>", "=1+1", "nan")),
        (("nan", "2", "1"), ("1", "2", "nan")),
    ],
)
def test_labels_are_numbers_or_texts_in_any_script(labels: tuple[str, ...], classes: tuple[str, ...]) -> None:
    for order in (labels, labels[::-1]):
        rows = [f"text {label} {number}\t{label}" for label in order for number in range(3)]
        assert given("text\tlabel\n" + "\n".join(rows)).classes == classes


@pytest.mark.parametrize(
    ("table", "refusal"),
    [
        ("text,label", "no row below its header"),
        ("a fine film,good\n", "no row below its header"),
        ("a fine film,1\n", "column 2 has one label only, “1”"),
        (FILMS.replace("bad", "good"), "column 2 .“label”. has one label only, “good”; there is nothing to tell apart"),
        ("text,label\nsame,good\nsame,bad\nSAME,good\n", "left to learn from; 3 rows left out, with a text that has another label"),
        ("text,label\n,good\n,bad\n", "left to learn from; 2 rows left out, with no text: rows 2, 3"),
        ("text,label\none,1\ntwo,2\nthree,1\nfour,2\n", "no label in .* has 3 different texts"),
        (FILMS + "".join(f"text {number},class {number}\n" for number in range(MOST_CLASSES)), "has 22 different labels; at most 20"),
        (FILMS + f"nice,{'g' * 61}\n", "row 7, column 2 .“label”.: a label has at most 60 letters, and this one has 61"),
    ],
)
def test_what_cannot_be_told_apart_is_refused_in_a_sentence(table: str, refusal: str) -> None:
    with pytest.raises(ValueError, match=refusal):
        given(table)


def test_twenty_classes_and_ten_thousand_rows() -> None:
    rows = "\n".join(f"text number {number},class {number % MOST_CLASSES}" for number in range(own_table.MOST_ROWS))
    assert given(rows).counts == (500,) * MOST_CLASSES


def test_examples_are_found_by_their_digest_alone_and_only_whole(home: Path) -> None:
    films = given(FILMS + "ωραία <b>,好\n")
    digest = keep(films)
    assert own_labels.read(digest) == films and keep(given(FILMS)) != digest
    (file,) = (home / "texts" / digest).iterdir()
    file.write_text(json.dumps({"classes": [], "examples": []}))
    for name, refusal in ((digest, "not kept on this machine"), ("0" * 64, "not kept on this machine"), ("../own", "64 hexadecimal")):
        with pytest.raises(ValueError, match=refusal):
            own_labels.read(name)


def test_counts_are_of_the_examples() -> None:
    films = given(FILMS)
    assert dict(enumerate(films.counts)) == Counter(label for _, label in films.examples)
