"""*Forgetting* as Streamlit runs it, without a browser: the recordings answer."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.spec import preset
from llmviz.experiments.forgetting import panel, view
from llmviz.runs import studies as background
from llmviz.runs.engine import State
from llmviz.ui import engine
from tests.guess import skip
from tests.ui.fake_clock import pass_time
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

PATIENCE = 20.0


def part(app: AppTest, name: str) -> dict[str, Any]:
    assert not app.exception
    [drawn] = [data for mounted_name, data in mounted(app) if mounted_name == name]
    return drawn


def said(app: AppTest) -> str:
    drawn = [str(each.proto.body) for each in app.get("html")]
    return "\n".join([*(text.value for text in (*app.markdown, *app.caption, *app.warning)), *drawn])


def test_before_a_guess_only_what_pretraining_knew_is_shown(visit: Callable[..., AppTest]) -> None:
    app = visit("forgetting")
    assert "What does fine-tuning leave of pretraining?" in said(app)
    assert part(app, "token_strip")["steps"] == [0] and not part(app, "curve")["headline"]["steps"]
    assert part(app, "bars")["groups"][0]["candidates"][0][0][0] == "Paris"
    assert not app.get("plotly_chart")


def test_after_it_the_gap_and_the_curve_tell_what_is_left(visit: Callable[..., AppTest]) -> None:
    app = skip(visit("forgetting"))
    [gap] = part(app, "bars")["groups"]
    assert gap["candidates"][0][0][0] == "Paris" and gap["probability"][0] > 0.9 and gap["probability"][-1] < 0.1
    drawn = part(app, "curve")
    assert drawn["phase"] == "pretrained" and drawn["headline"]["name"] == "pretraining loss" and not drawn["batches"]["steps"]
    assert drawn["headline"]["values"][-1] > drawn["headline"]["values"][0] + 1
    assert {line["name"] for line in drawn["lines"]} == {"random guess", "floor"}
    assert "It knew" in said(app) and "16 labels later" in said(app)


@pytest.mark.parametrize("task", ["entities", "answers"])
def test_another_task_is_another_run(visit: Callable[..., AppTest], task: str) -> None:
    app = skip(visit("forgetting"))
    app.selectbox(key=panel.TASK).set_value(task).run()
    assert app.query_params["stage"] == task and part(app, "token_strip")["steps"][0] == 0
    assert app.selectbox(key=panel.REMEDY).value == "plain"


def test_a_remedy_is_chosen_and_trained_live(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    app = skip(visit("forgetting"))
    app.selectbox(key=panel.REMEDY).set_value("replay").run()
    assert app.query_params["replay"] == "0.1"
    app.button(key="train").click().run()
    pass_time(1)
    app.run()
    losses = part(app, "curve")["headline"]["values"]
    assert losses[-1] == pytest.approx(losses[0])  # the figures are made up: with replay nothing is forgotten


def test_the_remedies_train_in_the_background_and_stand_side_by_side(
    visit: Callable[..., AppTest], fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "BEAT", 0.02)
    fake._seconds = 0.05
    app = skip(visit("forgetting"))
    app.button(key="remedies_train").click().run()
    first = panel.study_of(preset("sentiment")).first(1)
    end = time.monotonic() + PATIENCE
    while engine.studies().look(first, "somebody").state is State.TRAINING:
        assert time.monotonic() < end
        time.sleep(0.02)
    app = skip(visit("forgetting"))
    [table] = [body for each in app.get("html") if "facts left" in (body := str(each.proto.body))]
    assert "not trained" not in table and app.get("plotly_chart")
    assert "Replay removes 100% of that" in said(app)


def test_a_random_start_has_nothing_to_forget(visit: Callable[..., AppTest]) -> None:
    app = visit("forgetting", parent="none")
    assert view.NO_PRETRAINING in said(app) and not app.get("plotly_chart") and not app.exception
    assert panel.REMEDY in {box.key for box in app.selectbox}
