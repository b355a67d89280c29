"""Questions about a text, answered: on a visitor's own text, for that is small."""

from pathlib import Path

import numpy as np
import pytest

from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.vocabulary import BPE, KINDS, MOST_LETTERS, SIZES, UNIGRAM, Compare, Count, Grow, Learn
from llmviz.text import learning, own
from llmviz.text.learning import excerpt
from llmviz.text.vocabularies import cut

TEXT = "the dog barks and the dogs bark .\nan owl hoots at the dog .\n" * 40


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    for known in (learning.read, learning._units, learning._learn):
        known.cache_clear()
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_counts_are_those_of_the_text_cut_by_the_vocabulary(kind: str) -> None:
    digest, _ = own.take(TEXT)
    found = learning.vocabulary(digest, kind, 300)
    counts = np.zeros(len(found.entries), np.int64)
    for line in TEXT.splitlines():
        for word in cut(kind, found, line):
            counts[list(word.ids)] += 1
    np.testing.assert_array_equal(found.counts, counts)
    assert found.letters == sum(map(len, TEXT.strip().splitlines())) and found.seconds >= 0


def test_what_was_learnt_stays_the_same(home: Path) -> None:
    digest, _ = own.take(TEXT)
    first = [learning.vocabulary(digest, kind, 300) for kind in KINDS]
    learning._learn.cache_clear()
    for then, kind in zip(first, KINDS, strict=True):
        again = learning.vocabulary(digest, kind, 300)
        assert again.entries == then.entries and again.merges == then.merges and again.seconds == then.seconds
    (damaged,) = home.rglob(f"{UNIGRAM}-*.json")
    damaged.write_text("{")
    learning._learn.cache_clear()
    assert set(learning.vocabulary(digest, UNIGRAM, 300).entries) == set(first[-1].entries)


def test_every_question_about_a_text_is_answered_once_for_each_place() -> None:
    digest, _ = own.take(TEXT)
    (growth,) = learning.answer({0: Path()}, Grow(digest))
    assert growth.rates.shape == growth.reached.shape == (len(KINDS), len(SIZES)) and not growth.held_out
    assert (np.diff(growth.rates, axis=1) <= 1e-9).all() and (growth.rates >= 1).all()
    assert growth.words == len(TEXT.split())
    (stock,) = learning.answer({0: Path()}, Count(digest))
    assert stock.known["dog"] == 80 and stock.known["."] == 80 and not stock.long
    (learnt,) = learning.answer({0: Path()}, Learn(digest, BPE, 400))
    assert len(learnt.entries) < 400  # the text allows no more
    with pytest.raises(ValueError, match="not a question about a text"):
        learning.answer({0: Path()}, Cloze("a dog"))


def test_other_texts_cost_more_than_the_one_it_learnt_or_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    digest, _ = own.take(TEXT)
    other, _ = own.take("quizzical foxes jump over lazy wizards")
    monkeypatch.setattr(learning, "TEXTS", {other: None})
    (costs,) = learning.answer({0: Path()}, Compare(digest, 300))
    assert costs.texts == (other, digest)
    bytes, pieces, scored = costs.rates
    assert bytes[0] > bytes[1] and scored[0] > scored[1] and costs.lost[0, 0] == 0
    assert pieces[0] == costs.lost[1, 0] == 1  # each word has a letter it never saw: one [UNK] a word is cheap, and says nothing
    assert (costs.lost[:, 1] == 0).all()


@pytest.mark.parametrize(("kind", "size"), [("letters", 300), (BPE, 301), (BPE, -1)])
def test_an_unknown_kind_or_size_is_refused(kind: str, size: int) -> None:
    digest, _ = own.take(TEXT)
    with pytest.raises(ValueError, match="there is no"):
        learning.vocabulary(digest, kind, size)


@pytest.mark.parametrize("name", ["nowhere", "../../etc/passwd", "0" * 64, "", "A" * 64])
def test_a_text_that_is_not_here_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(ValueError, match=r"paste it again|is not one of"):
        learning.vocabulary(name, BPE, 300)


@pytest.mark.parametrize("text", ["", "   ", "\n\t\n", "\x00\x01\x1b", "\u200b", "\ufeff\u2060\n"])
def test_a_text_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no word in this text"):
        own.take(text)


def test_a_text_of_ones_own_is_found_by_its_digest_alone_and_only_whole(home: Path) -> None:
    digest, left = own.take("two\r\nlines \ud83d <b>\x00&")
    assert left == "" and own.read(digest) == "two\nlines \ufffd <b>&"
    (file,) = home.rglob("own.txt")
    file.write_text("another")
    with pytest.raises(ValueError, match="not kept on this machine"):
        own.read(digest)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\x85", "\u2028"])
def test_a_text_is_found_again_whatever_ends_its_lines(end: str) -> None:
    digest, _ = own.take(f"the dog barks{end}and the owl hoots{end}")
    assert own.read(digest) == "the dog barks\nand the owl hoots" and learning.stock(digest).known["dog"] == 1


def test_pasted_and_uploaded_a_text_is_the_same() -> None:
    marked = "\ufeffthe owl\x0bhoots"
    digest, _ = own.take(marked)
    assert own.take(own.decoded(marked.encode())) == own.take("the owl hoots") == (digest, "")
    assert own.take(own.decoded(marked.encode("utf-16"))) == (digest, "")


def test_a_huge_text_is_cut_and_the_page_can_say_so() -> None:
    digest, left = own.take("word " * (MOST_LETTERS // 4))
    assert f"first {MOST_LETTERS:,}" in left and len(own.read(digest)) == MOST_LETTERS


def test_a_word_without_end_is_read_in_parts() -> None:
    digest, _ = own.take("a" * 1_000)
    assert learning.stock(digest).long and learning.stock(digest).known == {"a" * 40: 25}
    assert learning.vocabulary(digest, UNIGRAM, 300).entries


def test_an_excerpt_has_whole_documents() -> None:
    assert excerpt(["ab", "cd", "ef"], 4) == ("ab", "cd") and excerpt(["abc"], 2) == ()
