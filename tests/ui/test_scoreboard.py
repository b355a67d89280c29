"""The scoreboard as Streamlit runs it, without a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.run import RunRef
from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.experiments.scoreboard import panel
from tests.guess import skip
from tests.ui.conftest import APP
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_lab_book import done, texts
from tests.ui.test_page import query

Visit = Callable[..., AppTest]


def board(app: AppTest) -> dict[str, Any]:
    (drawn,) = [data for name, data in mounted(app) if name == "table"]
    return drawn


def models(app: AppTest) -> list[str]:
    return [row["name"] for row in board(app)["rows"] if not row["pinned"]]


def test_it_opens_on_the_recordings(visit: Visit) -> None:
    app = visit("scoreboard")
    assert query(app) == {}
    assert {"BERT, pretrained: MLM", "BERT, fine-tuned: Sentiment", "GPT, pretrained: CLM", "T5, pretrained: Spans"} <= set(models(app))
    runs = {bit["run"] for row in board(app)["rows"] for cell in row["cells"] for bit in cell["bits"]}
    assert RunRef(preset("sentiment").id, 0).key in runs
    said = texts(app)
    assert "no head: the model has no head for it" in said.replace("\\", "")


def test_runs_of_this_machine_stand_among_them(visit: Visit, fake: FakeEngine) -> None:
    before = len(models(visit("scoreboard")))
    done(fake, RunSpec("mlm", train=TrainSpec(steps=50)))
    app = visit("scoreboard")
    assert len(models(app)) == before + 1
    assert any("50 steps" in row["about"] for row in board(app)["rows"])


def test_the_filter_and_the_order_lie_in_the_address(visit: Visit) -> None:
    app = visit("scoreboard")
    app.selectbox(key="board_reads").set_value("reviews").run()
    app.selectbox(key="board_phase").set_value("fine-tuning").run()
    assert query(app) == {"reads": "reviews", "phase": "fine-tuning"}
    assert set(models(app)) == {"BERT, fine-tuned: Sentiment", "BERT, from scratch: Sentiment"}
    again = visit("scoreboard", sort="sentiment", down="0", **query(app))
    assert (board(again)["sort"], board(again)["down"]) == (0, False)
    assert board(visit("scoreboard", sort="nothing"))["sort"] == -1
    assert panel.NOTHING in texts(visit("scoreboard", reads="sotu", phase="fine-tuning"))


def whole(**query: str) -> AppTest:
    """The page as the app opens it, which knows the other pages: links lead to them."""
    app = AppTest.from_file(APP, default_timeout=20).run().switch_page("pages/scoreboard.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.usefixtures("fake")
def test_a_task_that_has_no_run_leads_to_its_page_whatever_the_filter() -> None:
    chosen: dict[str, str]
    for chosen in ({}, {"phase": "pretraining"}):
        links = [link.proto.label for link in whole(**chosen).get("page_link") if "not trained yet" in link.proto.label]
        assert links == [f"not trained yet: {each}" for each in ("Your own labels", "Your own names")]


def test_from_scratch_is_withheld_until_a_guess(visit: Visit) -> None:
    app = visit("scoreboard")
    hidden = [cell["bits"][0]["text"] for row in board(app)["rows"] if row["phase"] == "random" for cell in row["cells"]]
    assert "?" in hidden and not any("%" in said for said in hidden)
    shown = skip(app)
    assert any("%" in cell["bits"][0]["text"] for row in board(shown)["rows"] if row["phase"] == "random" for cell in row["cells"])


@pytest.mark.usefixtures("fake")
def test_a_lecture_shows_one_phase_after_the_other() -> None:
    app = whole(lecture="1", beat="2")
    first, second = [data for name, data in mounted(app) if name == "table"]
    assert {row["phase"] for row in first["rows"] if not row["pinned"]} == {"pretrained"}
    assert "pretrained" not in {row["phase"] for row in second["rows"]}


def test_what_is_wrong_in_the_address_is_explained(visit: Visit) -> None:
    app = visit("scoreboard", reads="atlantis", phase="sleeping")
    assert "atlantis" in texts(app) and "sleeping" in texts(app) and query(app) == {}
