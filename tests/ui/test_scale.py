"""*Scale* as Streamlit runs it, on the runs that came with the program."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

Visit = Callable[..., AppTest]
PAGE = "scale"


def said(app: AppTest) -> str:
    return "\n".join([*(text.value for text in (*app.markdown, *app.caption)), *(each.proto.body for each in app.get("html"))])


def figures(app: AppTest) -> list[dict[str, object]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_the_answer_waits_for_a_guess(visit: Visit) -> None:
    app = visit(PAGE)
    assert "What do more text, more parameters and more variety buy?" in said(app) and not figures(app)
    app.button(key="show_answer").click().run()
    assert "Twice the tokens leave" in said(app) and "of the loss above the floor\\: exponent" in said(app) and len(figures(app)) == 2


@pytest.mark.parametrize(("grows", "drawn", "told"), [("parameters", 2, "Twice as many parameters"), ("variety", 2, "learnt by heart")])
def test_each_axis_comes_filled(grows: str, drawn: int, told: str, visit: Visit) -> None:
    app = visit(PAGE, grows=grows)
    app.button(key="show_answer").click().run()
    assert told in said(app) and len(figures(app)) == drawn and not app.exception


def test_a_text_without_runs_says_what_will_stand_there(visit: Visit) -> None:
    app = visit(PAGE, text="wiki")
    app.button(key="show_answer").click().run()
    assert "The law stands here once 4 sizes" in said(app) and not app.exception
    assert visit(PAGE, grows="nonsense").query_params.get("grows") is None
