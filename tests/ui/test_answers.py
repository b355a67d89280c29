"""*Question answering* as Streamlit runs it, without a browser: the recordings answer."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.experiments.question_answering import EXAMPLES, view
from tests.guess import skip
from tests.ui.mounted import mounted


def parts(app: AppTest, name: str) -> list[dict[str, Any]]:
    return [data for mounted_name, data in mounted(app) if mounted_name == name]


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning))


@pytest.mark.parametrize("place", range(4))
def test_each_suggestion_is_answered_and_its_truth_known(place: int, visit: Callable[..., AppTest]) -> None:
    example = EXAMPLES["tinyland"][place]
    app = visit("answers")
    app.pills(key="suggested_pair").set_value(example.label).run()
    (drawn,) = parts(app, "tagged")
    assert " ".join(drawn["words"]) == example.sentence and [row["title"] for row in drawn["rows"]] == ["Before", "After", "From scratch"]
    told = [" ".join(drawn["words"][begin:end]) for _, begin, end in drawn["truth"]]
    assert told == ([example.truth] if example.truth else [])
    before, after, _ = drawn["rows"]
    assert before["spans"] == [[]] and after["score"][-1].endswith("✓")
    assert [list(span) for span in after["spans"][-1]] == [list(span) for span in drawn["truth"]]


def test_the_truth_of_ones_own_question_is_not_known() -> None:
    assert view.truth(EXAMPLES["tinyland"], "Anna lives in Lima .", "where does she live ?") is None


def test_each_look_closer_lies_in_the_address(visit: Callable[..., AppTest]) -> None:
    assert "gives another answer than the true one to" in said(visit("answers", tab="mistakes"))
    assert parts(visit("answers", tab="network"), "network")
    assert any(button.label.startswith("Train 18 runs") for button in visit("answers", tab="labels").button)


def test_what_the_rival_came_to_is_withheld_until_a_guess(visit: Callable[..., AppTest]) -> None:
    app = visit("answers")
    assert {rung["name"]: rung for rung in parts(app, "accuracy_bars")[0]["rungs"]}["from scratch"]["withheld"]
    bars = {rung["name"]: rung for rung in parts(skip(app), "accuracy_bars")[0]["rungs"]}
    assert bars["after"]["values"][-1] > bars["from scratch"]["values"][-1]
    assert set(bars) == {"best possible", "after", "from scratch", "before", "same place"}


@pytest.mark.parametrize(
    ("passage", "question", "told"),
    [
        ("", "where does she live ?", "no word"),
        ("Anna lives in Lima .", "", "no word"),
        ("Anna lives in Lima . " * 160, "where does she live ?", "600"),
        ("<img src=x onerror=alert(1)> **bold** $x$", "<b>who</b> ?", ""),
    ],
)
def test_any_text_is_answered_or_refused_in_a_sentence(passage: str, question: str, told: str, visit: Callable[..., AppTest]) -> None:
    app = visit("answers", s=passage, second=question)
    assert not app.exception and "<img" not in said(app)
    (drawn,) = parts(app, "tagged")
    assert told in drawn["note"], drawn["note"]
