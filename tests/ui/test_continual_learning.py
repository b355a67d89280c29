"""*Continual learning* as Streamlit runs it, without a browser."""

import time
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from llmviz.core.address import change
from llmviz.core.run import RunRef
from llmviz.core.spec import preset
from llmviz.experiments.continual_learning import panel
from tests.guess import skip
from tests.ui.fake_clock import pass_time
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_forgetting import said


def parts(app: AppTest) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, data in mounted(app):
        found.setdefault(name, []).append(data)
    return found


def test_before_it_is_trained_it_shows_the_pretrained_model_and_then_what_moves(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    app = visit("continual_learning", country="Spain")  # the default change is recorded
    root = preset("mlm")
    assert parts(app)["bars"][0]["steps"] == [root.train.steps] and parts(app)["bars"][0]["step"] == root.train.steps
    assert "as soon as training has begun" not in said(app) and "It reads on: what becomes of what it knew?" in said(app)
    app = skip(app)
    assert "as soon as training has begun" in said(app)

    app.button(key="train").click().run()
    pass_time(1)
    end = time.monotonic() + 10
    while len(app.run() and (drawn := parts(app))["table"]) < 2:  # the matrix is asked for anew now and then
        assert time.monotonic() < end
        time.sleep(0.1)
    assert "It learnt Lima for Spain" in said(app) and "Answer: above 80%" in said(app)
    assert [line["name"] for line in drawn["curves"][0]["lines"]] == ["new text", "old text"]
    assert {group["source"] for group in drawn["bars"][1]["groups"]} >= {"Spain"} and len(drawn["bars"][1]["steps"]) > 10
    assert "18 have lost more than 10% of probability; for 18 it says Lima. For Spain it says Lima." in said(app).replace("\\", "")
    capitals, matrix = drawn["table"]
    assert len(capitals["rows"]) == 20 and [row["name"] for row in matrix["rows"]][:3] == [
        "as pretrained",
        "then the new text",
        "and back to the old text",
    ]
    first, second, third, *_ = ([cell["bits"][0]["text"] for cell in row["cells"]] for row in matrix["rows"])
    assert first != second and "not trained" not in (*first, *second) and {*third} == {"not trained"}

    app.selectbox(key=panel.WAY).set_value(panel.BACK).run()
    spain = change(preset("continual"), {"country": "Spain"})
    assert app.query_params["parent"] == RunRef(spain.id, 1).key and app.query_params["reads"] == "old"
    assert "Back to the old text: does the new fact stay?" in said(app)
    app.selectbox(key=panel.WAY).set_value("replay").run()
    assert app.query_params["replay"] == "1.0" and "reads" not in app.query_params
    app.selectbox(key=panel.CITY).set_value("Oslo").run()
    assert app.query_params["city"] == "Oslo" and "replay" not in app.query_params
    assert RunRef(spain.id, 1).key in {run.key for run in fake._runs}


def test_another_fact_lies_in_the_address(visit: Callable[..., AppTest]) -> None:
    app = visit("continual_learning", country="Norway", city="Atlantis")
    assert not app.exception and "Atlantis" in said(app) and app.selectbox(key=panel.COUNTRY).value == "Norway"
    app = visit("continual_learning", country="Norway", city="Oslo")
    assert "no fact changed" not in app.selectbox(key=panel.WAY).options


def test_it_opens_on_the_recorded_phases(visit: Callable[..., AppTest]) -> None:
    app = skip(visit("continual_learning"))
    assert [row["name"] for row in parts(app)["table"][1]["rows"]][:3] == ["as pretrained", "then the new text", "and back to the old text"]
    back = skip(visit("continual_learning", parent="continual", reads="old"))
    for shown in (app, back):
        first, second, third, *_ = ([cell["bits"][0]["text"] for cell in row["cells"]] for row in parts(shown)["table"][1]["rows"])
        assert "not trained" not in (*first, *second, *third)
