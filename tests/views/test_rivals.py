"""What a page says of a fine-tuned run and its rival: a claim, a quiz, and where a baseline does better."""

from dataclasses import replace

import pytest

from llmviz.core.history import History, fold
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import Begin, Done
from llmviz.experiments.classification.panel import TERMS as CLASSES
from llmviz.experiments.entities import panel as entities
from llmviz.experiments.question_answering import AnswersSpec
from llmviz.experiments.question_answering.panel import TERMS as ANSWERS

NAMES = entities.TERMS["tinyland"]


def ended(**metrics: float) -> History:
    return fold([Begin(0, 10, 1, 10, {}), Done(10, metrics, 1.0)])


@pytest.mark.parametrize(
    ("metrics", "told"),
    [
        ({"exact_match": 0.214}, "64 questions come to 21% exact match, below “no answer” with 33%"),
        ({"exact_match": 0.326}, ""),  # 33% for both
        ({"exact_match": 0.6}, ""),
    ],
)
def test_a_run_below_its_best_baseline_says_so(metrics: dict[str, float], told: str) -> None:
    spec = replace(preset("answers"), objective=AnswersSpec(64))
    known = {"chance": 0.329, "position": 0.328, "exact_match_ceiling": 1.0}
    assert ANSWERS.shortfall(spec, ended(**metrics, **known)) == told
    assert ANSWERS.shortfall(spec, History()) == ANSWERS.shortfall(spec, ended(**metrics)) == ""


def test_the_baseline_named_is_that_of_the_experiment() -> None:
    names = replace(RunSpec("entities"), objective=LabelsSpec(8))
    assert NAMES.shortfall(names, ended(f1=0.4, f1_lookup=0.56, f1_ceiling=1.0)) == (
        "8 labelled texts come to 40% F1, below “a list of words” with 56%"
    )
    classes = replace(RunSpec("sentiment"), objective=LabelsSpec(4))
    assert "below “counting words” with 56%" in CLASSES.shortfall(classes, ended(accuracy=0.53, chance=0.51, ngram=0.56))


def test_labels_go_further_where_nothing_is_to_be_found() -> None:
    high, low = ended(accuracy=0.9, chance=0.5), ended(accuracy=0.58, chance=0.5)
    assert CLASSES.claim(16, high, low) == "16 labels go further after pretraining"
    near = ended(accuracy=0.66, chance=0.5)
    assert CLASSES.claim(500, near, low) == "500 labels come to 66% accuracy after pretraining, 58% without: a small gain"
    assert CLASSES.claim(16, low, high) == "Here 16 labels go further without pretraining"
    assert CLASSES.claim(16, high, high) == "With 16 labels, pretraining makes little difference here"
    assert CLASSES.claim(16, high, History()) == "How far do 16 labels go?"
    found = CLASSES.outcome(high, low)
    assert found and found.right == 0
    assert found.story == "Its accuracy on test texts is 58%, that of the model of this page 90%; chance comes to 50%."


def test_names_are_found() -> None:
    assert NAMES.claim(8, ended(f1=0.9), ended(f1=0.5)) == "8 labelled texts find more names after pretraining"
    assert NAMES.claim(8, History(), ended(f1=0.5)) == "How many names do 8 labelled texts teach it to find?"
