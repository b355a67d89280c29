"""*What changed inside* as Streamlit runs it, without a browser: the recordings answer."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.questions.layers import CLASSES, SPANS, TAGS, Layers
from llmviz.core.run import RunRef
from llmviz.core.spec import preset
from llmviz.inspect import layers
from llmviz.runs.recordings import Recordings
from tests.ui.mounted import mounted


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Load torch, scikit-learn and the texts before the clock of the first page runs."""
    for stage, labelled in (("sentiment", CLASSES), ("entities", TAGS), ("answers", SPANS)):
        folder = Recordings().folder(RunRef(preset(stage).id, 0))
        layers.answer({0: folder.snapshot(0)}, Layers("tinyland", labelled))


def figures(app: AppTest) -> dict[str, dict[str, Any]]:
    return {data["title"]: data for name, data in mounted(app) if name == "layers"}


@pytest.mark.parametrize("page", ["before_after", "entities", "answers"])
def test_each_page_shows_what_changed_inside(page: str, visit: Callable[..., AppTest]) -> None:
    app = visit(page, tab="inside")
    found = figures(app)
    assert list(found) == ["Weight drift", "Representation similarity", "Linear probes"]
    drift, alike, probes = found.values()
    assert drift["rows"][0] == "head" and drift["rows"][-1] == "embeddings" and "layer 2, feed-forward" in drift["rows"]
    assert alike["rows"] == probes["rows"] == ["layer 2", "layer 1", "embeddings"]
    now, scratch = alike["series"]
    assert now["values"][0] == [1.0] * 3 and now["steps"][0] == 0 and scratch["name"] == "with the one from scratch"
    assert now["values"][-1][0] < 0.5 < now["values"][-1][2] < 1  # the last layer changes most
    assert [series["name"] for series in probes["series"]] == ["now", "pretrained", "random start"]
    assert all(figure["said"] for figure in found.values())
    [figure] = app.get("plotly_chart")
    assert "yours" in figure.proto.spec and "principal component" in figure.proto.spec
    assert any("of the variance of the last hidden states" in text.value for text in app.markdown)


def test_answers_are_where_question_answering_learns_to_find_them(visit: Callable[..., AppTest]) -> None:
    now, before, _ = figures(visit("answers", tab="inside"))["Linear probes"]["series"]
    assert now["values"][-1][0] > 0.95 and before["values"][0][0] < 0.65  # of the last layer; of two candidates one is right


def test_a_run_from_scratch_stands_beside_the_pretrained_one(visit: Callable[..., AppTest]) -> None:
    found = figures(visit("before_after", tab="inside", parent="none"))
    assert [series["name"] for series in found["Linear probes"]["series"]] == ["now", "random start", "pretrained"]
    assert [series["phase"] for series in found["Linear probes"]["series"]] == ["random", "random", "pretrained"]
    assert found["Representation similarity"]["series"][1]["name"] == "with the pretrained one"


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)> **bold** $x$", "   ", "Tom " * 80])
def test_any_text_is_placed_or_said_not_to_be(text: str, visit: Callable[..., AppTest]) -> None:
    app = visit("entities", tab="inside", s=text)
    assert not app.exception
    [figure] = app.get("plotly_chart")
    assert "<img" not in figure.proto.spec and ("yours" in figure.proto.spec) == bool(text.strip())


def test_the_map_is_that_of_the_step_in_the_address(visit: Callable[..., AppTest]) -> None:
    specs = [visit("before_after", tab="inside", step=step).get("plotly_chart")[0].proto.spec for step in ("0", "100")]
    assert specs[0] != specs[1]


def test_nothing_is_asked_where_nothing_was_trained(visit: Callable[..., AppTest]) -> None:
    app = visit("before_after", tab="inside", labels="64")
    assert not figures(app) and any("nothing to look into yet" in text.value for text in app.markdown)
