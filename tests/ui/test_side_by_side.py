"""*Side by side* as Streamlit runs it, without a browser."""

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, preset
from llmviz.experiments.side_by_side import panel, view
from llmviz.views.tables import spoken
from tests.guess import skip
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_lab_book import texts
from tests.ui.test_page import query

Visit = Callable[..., AppTest]


def drawn(app: AppTest) -> list[dict[str, Any]]:
    """The table of differences and the two lists."""
    return [data for name, data in mounted(app) if name == "table"]


def cells(table: dict[str, Any]) -> dict[str, list[str]]:
    return {row["name"]: [spoken(cell) for cell in row["cells"]] for row in table["rows"]}


def test_it_opens_on_the_recordings_and_withholds_its_answer(visit: Visit) -> None:
    app = visit("side_by_side")
    differences, pretraining, fine_tuning = drawn(app)
    assert query(app) == {} and len(pretraining["rows"]) == len(fine_tuning["rows"]) == 8
    assert cells(differences)["data"] == [f"{view.WITHHELD}"] * 2
    assert "tokens read" in cells(drawn(skip(app))[0])["data"][0]


def test_the_root_and_the_task_lie_in_the_address(visit: Visit) -> None:
    app = visit("side_by_side")
    app.selectbox(key="case_task").set_value("entities").run()
    assert query(app) == {"task": "entities"}
    assert "Entities" in cells(drawn(app)[0])["task"][1]
    root = RunRef(RunSpec("clm").id, 0).key
    app.selectbox(key="case_root").set_value(root).run()
    assert query(app) == {"root": root}
    links = {bit["run"] for row in drawn(app)[0]["rows"] for cell in row["cells"] for bit in cell["bits"]}
    assert {root, RunRef(preset("sentiment", parent="clm").id, 0).key} <= links
    assert cells(drawn(visit("side_by_side", **query(app)))[0]) == cells(drawn(app)[0])


def test_a_model_for_which_there_is_no_task_says_so(visit: Visit) -> None:
    app = visit("side_by_side", root=RunRef(RunSpec("nsp").id, 0).key)
    assert not app.exception
    assert any("start" in cell for cell in cells(drawn(app)[0])["task"])


def test_what_is_not_here_is_explained(visit: Visit) -> None:
    app = visit("side_by_side", root="../../etc/passwd", task="juggling")
    assert panel.GONE.split(";")[0] in texts(app) and "juggling" in texts(app) and query(app) == {}


def test_without_any_model_it_says_what_to_do(visit: Visit, fake: FakeEngine) -> None:
    fake._runs.clear()
    app = visit("side_by_side")
    assert not app.exception and panel.NOTHING in texts(app) and not drawn(app)
