"""*Spans* as Streamlit runs it, on the fake engine, without a browser."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.experiments import span_corruption
from llmviz.experiments.span_corruption import view as view
from llmviz.experiments.span_corruption.panel import LONGEST
from llmviz.experiments.span_corruption.question import Filled
from llmviz.text import spans
from llmviz.text.tinyland.corpus import documents
from tests.ui.test_page import parts, query, said

Visit = Callable[..., AppTest]
DEFAULT = RunSpec("span")
FIRST, *OTHERS = span_corruption.EXPERIMENT.examples["tinyland"]


def shown(app: AppTest, step: int = -1) -> dict[str, Any]:
    found: dict[str, Any] = parts(app)["written"]["texts"][step]
    return found


def gaps(app: AppTest) -> list[tuple[int, int]]:
    given = parts(app)["token_strip"]
    return spans.gaps(np.isin(np.arange(len(given["tokens"])), given["hidden"]))


def test_it_opens_on_the_recording_with_its_answer(visit: Visit) -> None:
    app = visit("spans")
    given = parts(app)
    words = FIRST.sentence.split()
    assert [token["text"] for token in given["token_strip"]["tokens"]] == words
    truth = [" ".join(words[first:behind]) for first, behind in gaps(app)]
    assert [group["truth"] for group in given["bars"]["groups"]] == truth == shown(app)["spans"]
    assert [token["gap"] for token in given["written"]["given"] if token["gap"] >= 0] == list(range(len(truth)))
    assert shown(app, 0)["spans"] == [view.NOTHING] * len(truth)
    assert given["curve"]["snapshots"][-1] == DEFAULT.train.steps
    assert {part["group"] for part in given.values() if "group" in part} == {RunRef(DEFAULT.id, 0).key}
    assert query(app) == {} and "recorded" in said(app)


def test_neighbours_form_one_gap_and_the_address_keeps_them(visit: Visit) -> None:
    app = visit("spans", s="the cat meows .", hide="1,2")
    assert [group["truth"] for group in parts(app)["bars"]["groups"]] == ["cat meows"]
    app = visit("spans", s="the cat meows .", hide="0,2")
    assert [token["text"] for token in shown(app)["tokens"]] == ["⟨0⟩", "the", "⟨1⟩", "meows", "⟨2⟩", "(end)"]
    assert query(app) == {"s": "the cat meows .", "hide": "0,2"}


def test_cut_at_random_cuts_as_training_does(visit: Visit) -> None:
    app = visit("spans")
    before = parts(app)["token_strip"]["hidden"]
    app.button(key="cut").click().run()
    hidden, count = parts(app)["token_strip"]["hidden"], len(parts(app)["token_strip"]["tokens"])
    assert hidden != before
    assert (len(hidden), len(gaps(app))) == spans.amounts(count, DEFAULT.objective.density, DEFAULT.objective.span_length)
    assert query(app)["hide"] == ",".join(map(str, hidden))


def test_beams_are_a_choice_of_the_address(visit: Visit) -> None:
    app = visit("spans")
    app.segmented_control(key="beam_choice").set_value(4).run()
    assert query(app) == {"beams": "4"}
    assert visit("spans", beams="4").segmented_control(key="beam_choice").value == 4
    assert "Beams" in said(visit("spans", beams="9"))


@pytest.mark.parametrize("example", OTHERS, ids=lambda example: example.label)
def test_every_suggestion_has_an_answer(example: Any, visit: Visit) -> None:
    app = visit("spans")
    app.pills(key="suggestion").set_value(example.label).run()
    assert parts(app)["token_strip"]["hidden"] == list(example.hidden)
    assert shown(app)["tokens"]


def test_one_word_nothing_cut_too_many_gaps_and_strange_words_say_what_is_possible(visit: Visit) -> None:
    app = visit("spans", s="owl")
    assert app.button(key="cut").disabled  # nothing would be left to guess from
    assert "Click a word to cut it out" in parts(app)["written"]["empty"] and not parts(app)["written"]["steps"]
    app = visit("spans", s="owl", hide="0")
    assert shown(app)["spans"] == ["owl"] and "nothing left to guess from" in said(app)
    assert max(len(text.split()) for texts in documents().values() for text in texts) == LONGEST
    app = visit("spans", s="the cat meows . the owl hoots . the dog barks . the cow moos .", hide="0,2,4,6,8,10,12")
    assert "7 gaps; training never makes more than 4" in said(app)
    assert "vocabulary" in said(visit("spans", s="the xylophone meows .", hide="0"))
    assert "80 tokens" in said(visit("spans", s="owl " * 80, hide="0"))


def test_the_question_is_answered_by_the_run(visit: Visit) -> None:
    app = visit("spans")
    quiz = app.pills(key="quiz_span_tinyland")
    quiz.set_value(quiz.options[-1]).run()
    assert any("Yes." in text.value and "At step" in text.value for text in app.markdown)  # the fake is least sure of the last gap
    app.pills(key="quiz_span_tinyland").set_value(quiz.options[0]).run()
    assert any("No." in text.value for text in app.markdown)


def test_training_ends_in_a_run_with_an_address(visit: Visit) -> None:
    app = visit("spans")
    app.button(key="train").click().run()
    assert query(app)["run"] == RunRef(DEFAULT.id, 1).key


def test_confidence_is_that_of_the_words_and_of_what_ends_them() -> None:
    found = Filled(
        step=5,
        given=("[CLS]", "<extra_id_0>", "is", "<extra_id_1>", "<extra_id_2>", "(end)"),
        sentinels=np.array([-1, 0, -1, 1, 2, -1]),
        written=("<extra_id_0>", "a", "b", "<extra_id_1>", "c", "(end)"),
        numbers=np.array([0, -1, -1, 1, -1, -1]),
        chances=np.array([0.9, 0.5, 0.5, 0.8, 0.5, 0.2], np.float32),
        ended=True,
        cross=np.zeros((6, 6), np.uint8),
        spans=("a b", "c", ""),
        truth=("a b", "d", "e"),
        candidates=(("a b",), ("c",), ("",)),
        candidate_chances=np.array([[0.2], [0.1], [0.3]], np.float32),
        truth_chances=np.array([0.2, 0.05, 0.01], np.float32),
    )
    assert view.confidence(found) == pytest.approx([0.2, 0.1, 0.0])
    assert view.guessed(found).right == 2
    assert "“a b” 20%, “d” 5%, “e” 1%" in view.guessed(found).story
