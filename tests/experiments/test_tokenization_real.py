"""A sentence in a model's own pieces, and how that stands beside others."""

from pathlib import Path

import pytest

from llmviz.experiments.tokenization import real_answer, real_view
from llmviz.experiments.tokenization.question import Cut
from llmviz.experiments.tokenization.real_view import Reading
from llmviz.text.tokenizers import train_bytes

PROSE = "The people of this union were united, and the year was a good one for all of them. " * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "snapshots" / "0"
    there.mkdir(parents=True)
    train_bytes([PROSE], 300).save(str(tmp_path / "tokenizer.json"))
    return there


@pytest.mark.parametrize("text", ["The people of the year", "Żółw 🦉 … of <b>them</b>", "good", ""])
def test_pieces_are_the_text_again_and_say_where_they_go_on(folder: Path, text: str) -> None:
    (found,) = real_answer.answer({0: folder}, Cut(text))
    assert found.vocabulary == 300 and found.known.all()
    assert len(found.pieces) == len(found.joined) == len(found.known)
    letters = "".join(piece for piece in found.pieces if "⟨" not in piece)
    assert "".join(letters.split()) == "".join(letter for letter in text if letter.isascii() and not letter.isspace())
    words = sum(not joined for joined in found.joined)
    assert words == len(text.split())


def reading(name: str, count: int, lost: int = 0, real: bool = False) -> Reading:
    return Reading(name, 1_000, ["x"] * count, [False] * count, lost, real)


def test_the_most_frugal_vocabulary_that_loses_nothing_is_held_against_it() -> None:
    told = real_view.told([reading("BPE", 20), reading("WordPiece", 8, lost=2), reading("Unigram", 15), reading("Big", 10, real=True)])
    assert told.startswith("Big needs 10 tokens, the best of this page's 15: 1.5 times as many.")
    assert "as many." in real_view.told([reading("BPE", 10), reading("Big", 10, real=True)])
    assert real_view.told([reading("Big", 10, real=True)]) == ""  # nothing has been learnt yet


def test_seams_stand_within_words_alone() -> None:
    assert real_view.seamed(["the", "un", "happy", "dog"], [False, False, True, False]) == "the un|happy dog"
    assert real_view.seamed([], []) == ""


def test_the_table_counts_tokens_a_word() -> None:
    drawn = real_view.compared([reading("BPE", 6, lost=1), reading("Big", 3, real=True)], 3, visit=0)
    said = [[bit["text"] for cell in row["cells"] for bit in cell["bits"]] for row in drawn["rows"]]
    assert [row[1] for row in said] == ["6 tokens, 2.0 a word", "3 tokens, 1.0 a word"] and said[1][0] == "x x x"
    assert drawn["rows"][0]["cells"][1]["more"] == ["1 of them [UNK]"] and drawn["rows"][1]["about"] == "1,000 entries"
