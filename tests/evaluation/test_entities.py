"""How well tags find entities."""

import pytest

from llmviz.core.settings import TextSpec
from llmviz.evaluation.entities import looked_up, references, scores
from llmviz.text.tagged import Tagged, tagged


def test_only_whole_entities_of_the_right_kind_count() -> None:
    truth = [["B-PER", "I-PER", "O", "B-LOC"], ["B-ORG", "O"]]
    found = [["B-PER", "O", "O", "B-LOC"], ["B-LOC", "O"]]  # one cut short, one right, one of another kind
    assert scores(truth, found) == pytest.approx({"f1": 1 / 3, "precision": 1 / 3, "recall": 1 / 3})
    assert scores(truth, truth) == {"f1": 1.0, "precision": 1.0, "recall": 1.0}


def test_an_inside_without_its_beginning_is_wrong() -> None:
    assert scores([["B-PER", "I-PER"]], [["I-PER", "I-PER"]])["f1"] == 0.0


def test_nothing_found_is_no_division_by_zero() -> None:
    nothing = {"f1": 0.0, "precision": 0.0, "recall": 0.0}
    assert scores([["B-PER"]], [["O"]]) == scores([["O"]], [["O"]]) == scores([["O"]], [["B-PER"]]) == nothing


def test_the_list_keeps_the_tag_a_word_had_most_often() -> None:
    learnt = [
        Tagged(("Paris", "is", "Rome"), ("B-LOC", "O", "B-LOC")),
        Tagged(("Paris", "sees", "Paris"), ("B-PER", "O", "B-LOC")),
    ]
    assert looked_up(learnt, [Tagged(("Paris", "is", "Oslo"), ("O", "O", "O"))]) == [["B-LOC", "O", "O"]]


def test_the_lines_of_tinyland() -> None:
    examples = tagged(TextSpec("tinyland"))
    lines = references(examples["train"][:64], examples["test"][:200], 7, told_by_grammar=True)
    assert lines["f1_ceiling"] == 1.0 and 0.3 < lines["f1_lookup"] < 0.7 and lines["random_guess"] == pytest.approx(1.9459, abs=1e-4)
