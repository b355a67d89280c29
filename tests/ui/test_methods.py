"""*What it costs* as Streamlit runs it, without a browser."""

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core import catalogue
from llmviz.core.spec import preset
from llmviz.experiments.classification import closer_panel
from llmviz.experiments.entities import panel
from llmviz.experiments.question_answering import panel as answers
from llmviz.runs import studies as background
from llmviz.runs.engine import State
from llmviz.ui import engine, methods
from tests.ui.fake_engine import FakeEngine

PATIENCE = 20.0
PAGES = pytest.mark.parametrize(
    ("page", "stage", "figure"),
    [("before_after", "sentiment", "accuracy"), ("entities", "entities", "f1"), ("answers", "answers", "exact_match")],
)


def tables(app: AppTest) -> list[str]:
    assert not app.exception
    return [body for each in app.get("html") if "pretraining's FLOPs" in (body := str(each.proto.body)).replace("&#x27;", "'")]


@PAGES
def test_the_recorded_run_and_its_pretraining_stand_in_the_table_at_once(
    visit: Callable[..., AppTest], page: str, stage: str, figure: str
) -> None:
    app = visit(page, tab="costs")
    [table] = tables(app)
    assert table.count("not trained") == 3 and catalogue.experiment(stage).metric(figure).title in table
    assert "<th scope=row>pretraining</th><td>116,000</td>" in table
    assert "rank, 8 here" in " ".join(text.value for text in app.markdown)


@PAGES
def test_the_methods_train_in_the_background(
    visit: Callable[..., AppTest], fake: FakeEngine, monkeypatch: pytest.MonkeyPatch, page: str, stage: str, figure: str
) -> None:
    monkeypatch.setattr(background, "BEAT", 0.02)
    fake._seconds = 0.05
    visit(page, tab="costs").button(key="methods_train").click().run()
    first = methods.along(preset(stage)).study.first(1)
    end = time.monotonic() + PATIENCE
    while engine.studies().look(first, "somebody").state is State.TRAINING:
        assert time.monotonic() < end
        time.sleep(0.02)
    app = visit(page, tab="costs")
    [table] = tables(app)
    assert "not trained" not in table and app.get("plotly_chart")


def test_all_pages_have_the_tab() -> None:
    for tabs, looking in ((closer_panel.TABS, closer_panel.Looking), (panel.TABS, panel.Looking), (answers.TABS, answers.Asking)):
        assert tabs["costs"].title == "What it costs" and looking(tab="costs").tab == "costs"
