"""Marks as SQuAD's definition gives them, on the cases that it names."""

import pytest

from llmviz.evaluation.squad import by_position, exact_match, f1, marks, normalised


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("The Denver Broncos", ["denver", "broncos"]),
        ("a cat, an owl; the dog.", ["cat", "owl", "dog"]),
        ("  Santa   Clara \n", ["santa", "clara"]),
        ("Levi's Stadium!", ["levis", "stadium"]),
        ("theatre and another", ["theatre", "and", "another"]),  # articles go as words, not as letters of one
        ("the", []),
        ("", []),
    ],
)
def test_capitals_punctuation_and_articles_do_not_count(answer: str, words: list[str]) -> None:
    assert normalised(answer) == words


@pytest.mark.parametrize(
    ("prediction", "truth", "exact", "overlap"),
    [
        ("the Denver Broncos .", "Denver Broncos", 1.0, 1.0),
        ("Broncos", "Denver Broncos", 0.0, 2 / 3),
        ("Broncos Denver", "Denver Broncos", 0.0, 1.0),
        ("soup and bread", "soup", 0.0, 0.5),
        ("soup soup", "soup", 0.0, 2 / 3),  # a word said twice counts once where it stands once
        ("cake", "soup", 0.0, 0.0),
        ("", "soup", 0.0, 0.0),
        ("soup", "", 0.0, 0.0),
        ("", "", 1.0, 1.0),
    ],
)
def test_exact_match_and_f1(prediction: str, truth: str, exact: float, overlap: float) -> None:
    assert exact_match(prediction, truth) == exact
    assert f1(prediction, truth) == pytest.approx(overlap)
    assert f1(truth, prediction) == pytest.approx(overlap)


def test_figures_are_means_over_questions() -> None:
    found = marks(["Lima", "soup", "", "cake"], ["Lima", "soup and bread", "", ""])
    assert found == {"exact_match": 0.5, "f1": pytest.approx((1 + 0.5 + 1 + 0) / 4), "no_answer": 0.5}
    assert "no_answer" not in marks(["Lima"], ["Lima"])


def test_the_best_reader_by_position_takes_one_place_for_all_questions() -> None:
    spans = [["Lima", "Rome"], ["soup", "bread", "cake"], ["Leo", "Anna"], ["Tom", "Ben"]]
    assert by_position(spans, ["Rome", "cake", "Leo", ""]) == 0.5  # the last, twice
    assert by_position([[], []], ["", ""]) == 0.0  # always says something, and there is nothing
