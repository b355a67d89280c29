"""One text as four exercises: against examples worked by hand, and at the rates that are promised."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from llmviz.core.drawn import GAP, HIDDEN, LEFT, SPECIAL, SWAPPED, UNKNOWN, WORD, Drawn
from llmviz.core.questions.exercise import FOLLOWS
from llmviz.text import exercises, spans
from llmviz.text.special import CLS, FIRST, MASK, SEP, UNK
from llmviz.text.tinyland import corpus
from llmviz.text.tokenizers import Piece, pieces, sentinel, spelling, with_sentinels, word_level

TOKENIZER = with_sentinels(word_level(corpus.words()))
SPELT = spelling(word_level(corpus.words()))
SENTINEL = sentinel(TOKENIZER)
TEXT = "Leo saw a frog by the lake . every frog croaks ."


def read(text: str) -> list[Piece]:
    return pieces(TOKENIZER, text)


def ids(text: str) -> list[int]:
    return [piece.id for piece in read(text)]


def rolled(roll: int) -> np.random.Generator:
    return np.random.default_rng(roll)


def seen(drawn: Drawn) -> str:
    return " ".join(cell.text for cell in drawn.cells)


def said(drawn: Drawn) -> list[str]:
    return [each.text for cell in drawn.cells for each in cell.says]


def test_a_gpt_names_each_token_from_those_before_and_the_end_last() -> None:
    drawn = exercises.causal(read("a dog barks ."))
    a, dog, barks, stop = ids("a dog barks .")
    assert drawn.asked.read == (CLS, a, dog, barks, stop, SEP)
    assert drawn.asked.places == (1, 2, 3, 4, 5)
    assert drawn.asked.truth == (a, dog, barks, stop, SEP)
    assert seen(drawn) == "[CLS] a dog barks ."
    assert said(drawn) == ["a", "dog", "barks", ".", "(end)"]
    assert drawn.targets == drawn.tokens + 1 == 5


def test_an_unknown_word_is_read_and_not_asked_for() -> None:
    drawn = exercises.causal(read("a zebra barks ."))
    assert drawn.asked.read[2] == UNK and drawn.asked.places == (1, 3, 4, 5)
    assert [(each.text, each.target) for cell in drawn.cells for each in cell.says] == [
        ("a", 0),
        ("zebra", -1),
        ("barks", 1),
        (".", 2),
        ("(end)", 3),
    ]
    assert [cell.sort for cell in drawn.cells] == [SPECIAL, WORD, UNKNOWN, WORD, WORD]


def test_a_masked_text_is_what_its_cells_say() -> None:
    text = read(TEXT)
    for roll in range(40):
        drawn = exercises.masked(text, 0.3, SPELT, rolled(roll))
        whole = [CLS, *ids(TEXT), SEP]
        assert drawn.asked.truth == tuple(whole[place] for place in drawn.asked.places)
        assert all(drawn.asked.read[at] == id for at, id in enumerate(whole) if at not in drawn.asked.places)
        for target, place in enumerate(drawn.asked.places):
            cell, id = drawn.cells[place], drawn.asked.read[place]
            assert [(each.text, each.target) for each in cell.says] == [(SPELT[whole[place]], target)]
            expected = {HIDDEN: MASK, LEFT: whole[place]}.get(cell.sort, id)
            assert id == expected and cell.text == SPELT[id]
            assert cell.sort in (HIDDEN, LEFT) or (cell.sort == SWAPPED and id >= FIRST and id != whole[place])


def test_masks_keep_their_rates() -> None:
    text, fates = read(TEXT), Counter[str]()
    rolls = 3_000
    for roll in range(rolls):
        drawn = exercises.masked(text, 0.25, SPELT, rolled(roll))
        fates.update(drawn.cells[place].sort for place in drawn.asked.places)
    targets = sum(fates.values())
    # 9,000 targets: standard errors of 0.003 and 0.004. A text without a target gets one, 0.75^12 of them.
    assert targets / (rolls * len(text)) == pytest.approx(0.25 + 0.75**12 / 12, abs=0.01)
    assert fates[HIDDEN] / targets == pytest.approx(0.8, abs=0.015)
    assert fates[SWAPPED] / targets == pytest.approx(0.1, abs=0.012)
    assert fates[LEFT] / targets == pytest.approx(0.1, abs=0.012)


def test_a_higher_rate_asks_for_the_same_and_more() -> None:
    text = read(TEXT)
    few, many = (exercises.masked(text, rate, SPELT, rolled(5)).asked.places for rate in (0.2, 0.6))
    assert set(few) < set(many)


def test_two_parts_are_one_question() -> None:
    first, second = read("a dog barks ."), read("she went home happy .")
    drawn = exercises.paired(first, second, follows=False)
    assert drawn.asked.read == (CLS, *ids("a dog barks ."), SEP, *ids("she went home happy ."), SEP)
    assert (drawn.asked.places, drawn.asked.truth) == ((0,), (1,))
    assert said(drawn) == ["does not follow"] and drawn.targets == 1
    assert [cell.part for cell in drawn.cells] == [0] * 6 + [1] * 6
    assert exercises.paired(first, second, follows=True).asked.truth == (FOLLOWS.index("follows"),)


def test_half_of_the_rolls_follow_and_the_others_are_from_another_story() -> None:
    text, whole = read(TEXT), ids(TEXT)
    follows = 0
    for roll in range(300):
        drawn = exercises.pair(text, TEXT, "roll", roll, read, rolled(roll))
        end = drawn.asked.read.index(SEP)
        second = list(drawn.asked.read[end + 1 : -1])
        assert list(drawn.asked.read[1:end]) == whole[:8]  # the only place to cut
        assert (second == whole[8:]) == (drawn.asked.truth == (0,))
        follows += drawn.asked.truth == (0,)
    assert 120 < follows < 180  # 150, standard error 8.7
    assert exercises.pair(text, TEXT, "other", 1, read, rolled(1)).asked.truth == (1,)
    assert exercises.pair(text, TEXT, "follows", 1, read, rolled(1)).asked.truth == (0,)


def test_the_other_story_is_the_rolls_own_and_never_the_text() -> None:
    assert exercises.elsewhere(3, TEXT) == exercises.elsewhere(3, TEXT) != exercises.elsewhere(4, TEXT)
    rest = exercises.elsewhere(3, TEXT)
    assert rest.endswith((".", "!")) and set(rest.split()) <= set(corpus.words())


def test_spans_decode_back_to_the_text() -> None:
    text, whole = read(TEXT), ids(TEXT)
    for roll in range(60):
        drawn = exercises.cut(text, 0.1 + 0.012 * roll, 1.0 + roll % 4, SENTINEL, rolled(roll))
        given, target = np.array(drawn.asked.read[1:-1]), drawn.asked.said[:-1]
        assert spans.restored(given, target, SENTINEL).tolist() == whole
        assert drawn.asked.places == tuple(range(len(drawn.asked.said))) and drawn.asked.truth == drawn.asked.said
        told = [token for cell in drawn.cells for token in cell.says]
        assert [TOKENIZER.token_to_id(each.text) or SEP for each in told] == list(drawn.asked.said)
        assert [each.target for each in told] == list(drawn.asked.places)
        gaps = [cell.text for cell in drawn.cells if cell.sort == GAP]
        assert gaps == [*spans.SENTINELS[: len(gaps)]]


def test_spans_worked_by_hand() -> None:
    a, dog, barks, stop = ids("a dog barks .")
    ways: dict[tuple[int, ...], tuple[int, ...]] = {
        (SENTINEL, barks, stop): (SENTINEL, a, dog, SENTINEL + 1, SEP),
        (a, SENTINEL, stop): (SENTINEL, dog, barks, SENTINEL + 1, SEP),
        (a, dog, SENTINEL): (SENTINEL, barks, stop, SENTINEL + 1, SEP),
    }
    found = set()
    for roll in range(30):
        drawn = exercises.cut(read("a dog barks ."), 0.5, 2.0, SENTINEL, rolled(roll))
        found.add(drawn.asked.read[1:-1])
        assert ways[drawn.asked.read[1:-1]] == drawn.asked.said and drawn.targets == 5
    assert found == set(ways)


def test_on_an_unknown_word_no_span_takes_a_loss() -> None:
    drawn = exercises.cut(read("zebra zebra"), 0.5, 1.0, SENTINEL, rolled(0))
    assert drawn.asked.said == (SENTINEL, UNK, SENTINEL + 1, SEP) and drawn.asked.places == (0, 2, 3)
    assert [(each.text, each.target) for cell in drawn.cells for each in cell.says][1] == ("zebra", -1)


def test_what_is_not_possible_is_said() -> None:
    with pytest.raises(ValueError, match="one sentence makes no pair"):
        exercises.halves(read("a dog barks ."), rolled(0))
    with pytest.raises(ValueError, match="one sentence makes no pair"):
        exercises.halves(read("a dog barks"), rolled(0))
    with pytest.raises(ValueError, match="at least two words"):
        exercises.cut(read("dog"), 0.2, 2.0, SENTINEL, rolled(0))
    with pytest.raises(ValueError, match="none it could name"):
        exercises.masked(read("qqqq qqqq qqqq"), 0.2, SPELT, rolled(0))
    makers = (
        lambda: exercises.causal([]),
        lambda: exercises.masked([], 0.2, SPELT, rolled(0)),
        lambda: exercises.halves([], rolled(0)),
        lambda: exercises.cut([], 0.2, 2.0, SENTINEL, rolled(0)),
    )
    for made in makers:
        with pytest.raises(ValueError, match="no word to read"):
            made()


def test_what_is_possible_only_in_part_is_noted() -> None:
    assert "nothing else left" in exercises.masked(read("dog"), 0.2, SPELT, rolled(0)).note
    assert "nothing else left" not in exercises.masked(read(TEXT), 0.2, SPELT, rolled(0)).note
    assert "less than one" in exercises.cut(read("a dog barks ."), 0.1, 2.0, SENTINEL, rolled(0)).note
    assert "3 spans; this text has room for 2" in exercises.cut(read("a dog barks ."), 0.75, 1.0, SENTINEL, rolled(0)).note
    assert "one has to be left" in exercises.cut(read("a dog"), 0.9, 1.0, SENTINEL, rolled(0)).note
    assert exercises.cut(read(TEXT), 0.2, 2.0, SENTINEL, rolled(0)).note == ""


@pytest.mark.parametrize("text", ["a", "aaaaaaaa", "a a a a a a", "! ! .", ". . .", "[MASK] [CLS] <extra_id_0>"])
def test_odd_texts_are_drawn_or_refused_in_a_sentence(text: str) -> None:
    made = read(text)
    makers: tuple[Callable[[], Drawn], ...] = (
        lambda: exercises.masked(made, 0.9, SPELT, rolled(1)),
        lambda: exercises.causal(made),
        lambda: exercises.pair(made, text, "roll", 1, read, rolled(1)),
        lambda: exercises.cut(made, 0.9, 1.0, SENTINEL, rolled(1)),
    )
    for draw in makers:
        try:
            drawn = draw()
        except ValueError as problem:
            assert len(str(problem)) > 10
        else:
            assert drawn.targets == len(drawn.asked.truth) >= 1


def test_what_texts_give_is_counted_by_drawing() -> None:
    found = exercises.harvest(1_000, 0.2, 0.2, 2.0)
    tokens = found["clm"].tokens
    assert found["clm"].targets == tokens + 1
    lengths = np.array([len(text) for text in exercises._texts(1_000)])
    assert found["mlm"].targets == pytest.approx((0.2 * lengths + 0.8**lengths).mean(), rel=0.03)  # every text has a target at least
    assert found["nsp"].targets <= 1
    drawn = [exercises.cut(read(text), 0.2, 2.0, SENTINEL, rolled(0)).targets for text in corpus_texts(50)]
    assert np.mean(drawn) == pytest.approx(found["span"].targets, rel=0.15)
    assert exercises.harvest(1_000, 0.4, 0.2, 2.0)["mlm"].targets == pytest.approx(0.4 * tokens, rel=0.03)


def corpus_texts(count: int) -> list[str]:
    """Every twentieth of those that are counted."""
    return [" ".join(corpus.words()[place] for place in text) for text in exercises._texts(1_000)[:: 1_000 // count]]
