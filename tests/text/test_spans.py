"""Span corruption against hand-worked examples, its stated rates, and every way to cut a short text."""

from collections import Counter

import numpy as np
import pytest

from llmviz.text.spans import MOST_GAPS, SENTINELS, amounts, corrupt, draw, gaps, restored, spoken, ways

FIRST = 100  # the id of <extra_id_0>


def flags(text: str) -> list[bool]:
    """x stands for a hidden token, a dot for a visible one."""
    return [mark == "x" for mark in text]


def test_the_example_of_the_paper() -> None:
    # Raffel et al. 2020, figure 2: "Thank you <X> me to your party <Y> week ." and "<X> for inviting <Y> last <Z>"
    thank = np.arange(10, 20)  # Thank you for inviting me to your party last week
    given, target = corrupt(thank, flags("..xx....x."), FIRST)
    assert given.tolist() == [10, 11, 100, 14, 15, 16, 17, 101, 19]
    assert target.tolist() == [100, 12, 13, 101, 18, 102]
    assert spoken(target, FIRST, 2) == [[12, 13], [18]]
    assert restored(given, target, FIRST).tolist() == thank.tolist()


def test_spans_at_both_ends_and_neighbours_as_one() -> None:
    given, target = corrupt(np.array([1, 2, 3, 4]), flags("xx.x"), FIRST)
    assert given.tolist() == [100, 3, 101]
    assert target.tolist() == [100, 1, 2, 101, 4, 102]
    assert gaps(flags("xx.x")) == [(0, 2), (3, 4)]
    given, target = corrupt(np.array([7]), flags("x"), FIRST)  # one word, and it is hidden
    assert (given.tolist(), target.tolist()) == ([100], [100, 7, 101])


@pytest.mark.parametrize(
    ("count", "density", "length", "wanted"),
    [
        (32, 0.2, 2.0, (6, 3)),
        (20, 0.15, 3.0, (3, 1)),
        (512, 0.01, 1.0, (5, 5)),
        (7, 0.2, 2.0, (1, 1)),  # half a span becomes one
        (2, 0.9, 3.0, (1, 1)),  # something is always left to guess from
        (5, 0.9, 1.0, (4, 2)),  # more spans than the visible word can part
        (60, 0.5, 1.0, (30, MOST_GAPS)),  # more spans than sentinels
    ],
)
def test_how_much_is_hidden_follows_from_the_length(count: int, density: float, length: float, wanted: tuple[int, int]) -> None:
    assert amounts(count, density, length) == wanted
    hidden = draw(count, density, length, np.random.default_rng(0))
    assert (int(hidden.sum()), len(gaps(hidden))) == wanted


def test_every_way_to_cut_is_equally_likely() -> None:
    rng = np.random.default_rng(1)
    count, draws = 8, 30_000
    hidden, spans = amounts(count, 0.5, 2.0)
    assert (hidden, spans, ways(count, hidden, spans)) == (4, 2, 30)
    found = Counter(draw(count, 0.5, 2.0, rng).tobytes() for _ in range(draws))
    assert len(found) == 30
    assert max(abs(times - draws / 30) for times in found.values()) < 5 * (draws / 30) ** 0.5


def test_the_stated_rates() -> None:
    rng = np.random.default_rng(2)
    drawn = [draw(int(count), 0.2, 2.0, rng) for count in rng.integers(15, 60, 2_000)]
    hidden, spans = sum(int(each.sum()) for each in drawn), sum(len(gaps(each)) for each in drawn)
    assert hidden / sum(map(len, drawn)) == pytest.approx(0.2, abs=0.003)
    assert hidden / spans == pytest.approx(2.0, abs=0.05)


def test_what_is_drawn_comes_back() -> None:
    rng = np.random.default_rng(3)
    for count in range(2, 60):
        ids = rng.integers(5, 90, count)
        given, target = corrupt(ids, draw(count, 0.3, 2.0, rng), FIRST)
        assert restored(given, target, FIRST).tolist() == ids.tolist()


def test_a_target_of_a_models_own_making() -> None:
    assert spoken([101, 5, 100, 6, 7, 102], FIRST, 3) == [[6, 7], [5], []]  # in another order, and one left empty
    assert spoken([4, 100, 5, 100, 6], FIRST, 2) == [[5], []]  # before any sentinel, said twice, one missing
    assert spoken([], FIRST, 1) == [[]]


def test_a_sentence_says_what_is_possible() -> None:
    with pytest.raises(ValueError, match="at least two words are needed"):
        draw(1, 0.2, 2.0, np.random.default_rng(0))
    with pytest.raises(ValueError, match="nothing is hidden"):
        corrupt(np.array([1, 2]), flags(".."), FIRST)
    with pytest.raises(ValueError, match=f"{MOST_GAPS + 1} spans are hidden; there are sentinels for {MOST_GAPS}"):
        corrupt(np.arange(2 * MOST_GAPS + 2), flags("x." * (MOST_GAPS + 1)), FIRST)
    assert len(SENTINELS) == MOST_GAPS + 1
