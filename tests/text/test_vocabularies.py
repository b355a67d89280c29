"""The three ways to cut, each step spelt out, against the library's own cutting and against examples worked by hand."""

import math
from collections import Counter
from random import Random

import numpy as np
import pytest

from llmviz.core.cut import Merge, Try
from llmviz.core.questions.vocabulary import BPE, KINDS, UNIGRAM, WORDPIECE, Vocabulary
from llmviz.text import lattice, longest, merging
from llmviz.text.special import FIRST, SPECIAL, UNK
from llmviz.text.tinyland import corpus as tinyland
from llmviz.text.tokenizers import LONGEST_WORD
from llmviz.text.vocabularies import ALPHABET, Learnt, count_units, cut, learn, model, units

PROSE = tuple(
    f"The {number}th president said that the people of this union were united and strong, and he wasn't unhappy: naïve {number % 7}."
    for number in range(300)
)
STRANGE = (
    "",
    " ",
    "the",
    "THE unhappiest",
    "x" * 50,
    "🦉🦉 ow🦉l",
    "<b>&amp;</b>",
    "  two  spaces\n",
    "naïve Élan ŻÓŁW",
    "漢字",
    "a\u200fb",
    "##a ▁a Ġa",
)


def as_asked(learnt: Learnt) -> Vocabulary:
    entries = len(learnt.entries)
    merged = np.zeros(len(learnt.merges), np.int64)
    return Vocabulary(0, learnt.entries, np.zeros(entries, np.int64), learnt.merges, merged, np.array(learnt.scores), 0, 0.0)


@pytest.fixture(scope="module")
def counts() -> dict[str, Counter[str]]:
    return {kind: count_units(kind, PROSE) for kind in KINDS}


def words() -> list[str]:
    """Words of the text, words of another, and letters thrown together."""
    random = Random(0)
    known = sorted({word for line in PROSE for word in line.split()})
    thrown = ["".join(random.choices("abcdehinopstuw'", k=random.randint(1, 12))) for _ in range(400)]
    return [*known, *tinyland.words(), *thrown]


@pytest.mark.parametrize("size", [300, 400])
@pytest.mark.parametrize("kind", KINDS)
def test_each_way_ends_where_the_library_ends(kind: str, size: int, counts: dict[str, Counter[str]]) -> None:
    learnt = learn(kind, counts[kind], size)
    found, library = as_asked(learnt), model(kind, learnt)
    for text in (*words(), *STRANGE, *(f" {word}" for word in words()[:50])):
        for word in cut(kind, found, text):
            expected = library.tokenize(word.source)
            assert list(word.ids) == [token.id for token in expected], word
            if kind != WORDPIECE or UNK not in word.ids:
                assert [*word.pieces] == [token.value for token in expected]


def test_a_word_is_merged_in_the_order_of_the_ranks() -> None:
    ranks = {("l", "o"): 0, ("lo", "w"): 1, ("e", "r"): 2, ("w", "er"): 3}
    assert merging.merges("lower", ranks) == (
        Merge(0, "l", "o", ("lo", "w", "e", "r")),
        Merge(1, "lo", "w", ("low", "e", "r")),
        Merge(2, "e", "r", ("low", "er")),
    )
    assert merging.merges("", ranks) == merging.merges("w", ranks) == ()
    assert merging.merged(("a", "a", "a"), "a", "a") == ("aa", "a")


def test_tallies_count_a_pair_when_it_is_merged() -> None:
    ranks = {("l", "o"): 0, ("lo", "w"): 1}
    assert merging.tallies({"low": 5, "lolo": 2, "solo": 1}, ranks) == [5 + 2 * 2 + 1, 5]


def test_tallies_are_those_of_merging_word_by_word(counts: dict[str, Counter[str]]) -> None:
    ranks = as_asked(learn(BPE, counts[BPE], 500)).ranks
    known = [*[*counts[BPE].items()][:300], ("ĠtheĠtheĠthe", 3), ("aaaaa", 2), ("lolololo", 1)]
    expected = [0] * len(ranks)
    for word, count in known:
        length = len(word)
        for merge in merging.merges(word, ranks):
            expected[merge.rank] += count * (length - len(merge.pieces))
            length = len(merge.pieces)
    assert merging.tallies(dict(known), ranks) == expected


def test_merges_are_learnt_from_the_most_frequent_pair_down(counts: dict[str, Counter[str]]) -> None:
    learnt = learn(BPE, counts[BPE], 500)
    tallies = merging.tallies(counts[BPE], as_asked(learnt).ranks)
    assert tallies == sorted(tallies, reverse=True) and tallies[-1] >= 1


def test_the_longest_piece_is_taken_and_then_the_longest_of_the_rest() -> None:
    known = {"un", "unh", "##app", "##ha", "##appy", "##h", "##a"}
    tries = longest.walk("unhappy", known)
    assert tries[:5] == (
        Try(0, "unhappy", False),
        Try(0, "unhapp", False),
        Try(0, "unhap", False),
        Try(0, "unha", False),
        Try(0, "unh", True),
    )
    assert longest.pieces(tries) == ("unh", "##appy")
    stuck = longest.walk("unx", known)
    assert stuck[-1] == Try(2, "##x", False) and longest.pieces(stuck) == ()


def test_the_likeliest_way_wins_and_the_others_follow() -> None:
    scores = {"h": -2.0, "u": -3.0, "g": -2.5, "hu": -4.0, "ug": -3.5, "hug": -6.5}
    found = lattice.ways("hug", scores, 4)
    assert [(way.pieces, way.score) for way in found] == [
        (("h", "ug"), -5.5),
        (("hug",), -6.5),
        (("hu", "g"), -6.5),
        (("h", "u", "g"), -7.5),
    ]
    assert lattice.ways("hug", scores) == found[:1]


def test_an_unknown_letter_costs_ten_nats_more_than_the_rarest_piece_and_stands_alone() -> None:
    scores = {"a": -1.0, "b": -4.0}
    (way,) = lattice.ways("a🦉🦉b", scores)
    assert way.pieces == ("a", "🦉", "🦉", "b") and way.score == pytest.approx(-1 - 14 - 14 - 4)
    assert lattice.fused(way.pieces, scores) == ("a", "🦉🦉", "b")
    assert lattice.ways("", scores)[0].pieces == ()


def test_two_of_them_are_the_same_each_time_and_a_smaller_one_is_the_beginning(counts: dict[str, Counter[str]]) -> None:
    for kind in (BPE, WORDPIECE):
        large = learn(kind, counts[kind], 500)
        assert large == learn(kind, counts[kind], 500)
        assert large.smaller(320) == learn(kind, counts[kind], 320)


def test_unigram_knows_frequent_words_whole_and_leaves_no_trace_of_how(counts: dict[str, Counter[str]]) -> None:
    learnt = learn(UNIGRAM, counts[UNIGRAM], 300)
    assert "▁people" in learnt.entries and not any("\ue000" in entry for entry in learnt.entries)
    assert learnt.entries[:FIRST] == SPECIAL and all(math.isinf(score) for score in learnt.scores[:FIRST])
    assert list(learnt.scores[FIRST:]) == sorted(learnt.scores[FIRST:], reverse=True)
    assert 0.5 < sum(map(math.exp, learnt.scores[FIRST:])) <= 1


def test_a_word_with_a_letter_never_seen(counts: dict[str, Counter[str]]) -> None:
    found = {kind: as_asked(learn(kind, counts[kind], 400)) for kind in KINDS}
    bytes, pieces, scored = ([word for word in cut(kind, found[kind], "people🦉")] for kind in KINDS)
    assert not any(UNK in word.ids for word in bytes)
    assert UNK in pieces[-1].ids and scored[-1].ids.count(UNK) == 1 and scored[-1].pieces[-1] == "🦉"


def test_a_long_word_is_cut_as_a_short_one(counts: dict[str, Counter[str]]) -> None:
    found = as_asked(learn(WORDPIECE, counts[WORDPIECE], 400))
    for text in ("people" * 7, "a" * 300, "a" * LONGEST_WORD):
        (word,) = cut(WORDPIECE, found, text)
        assert UNK not in word.ids and "".join(piece.removeprefix("##") for piece in word.pieces) == text
        library = model(WORDPIECE, learn(WORDPIECE, counts[WORDPIECE], 400)).tokenize(text)
        assert [token.id for token in library] == list(word.ids)


def test_a_word_beyond_the_longest_is_unknown_to_wordpiece_without_a_look(counts: dict[str, Counter[str]]) -> None:
    (word,) = cut(WORDPIECE, as_asked(learn(WORDPIECE, counts[WORDPIECE], 400)), "a" * (LONGEST_WORD + 1))
    assert word.tries == () and word.ids == (UNK,)


@pytest.mark.parametrize("size", [300, 8_000])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["a", "a" * 400, "hello", "hello " * 60, "🦉", "<script>", "漢字仮名交じり文" * 20, "\u200f"])
def test_any_text_has_a_vocabulary_and_never_more_than_asked_for(text: str, kind: str, size: int) -> None:
    learnt = learn(kind, count_units(kind, [text]), size)
    assert FIRST <= len(learnt.entries) <= size and len(set(learnt.entries)) == len(learnt.entries)


@pytest.mark.parametrize("kind", KINDS)
def test_words_counted_once_count_like_documents(kind: str) -> None:
    documents = [*PROSE[:20], "two  spaces and\ta tab ", *STRANGE]
    direct = Counter(unit for document in documents for unit in units(kind, document))
    assert count_units(kind, documents) == direct
    assert len(ALPHABET) == 256
