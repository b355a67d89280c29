"""*Safety* as Streamlit runs it, without a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.spec import preset
from llmviz.experiments.safety import panel
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


def rows(app: AppTest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parts(app)["replies"][0]["rows"]
    return found


@pytest.fixture
def trained(visit: Callable[..., AppTest], fake: FakeEngine) -> Callable[..., AppTest]:
    """Open the page on a run that has ended, as those before it have."""
    safe = preset("safety")
    for spec in safe.lineage[1:]:
        fake.train(spec, "somebody")
    pass_time(1)

    def opened(**query: str) -> AppTest:
        return visit("safety", **query)

    return opened


def test_before_anything_is_trained_it_says_so(visit: Callable[..., AppTest]) -> None:
    app = visit("safety", size="0.3M")  # of which nothing is recorded
    assert not app.exception and "Refuse what is forbidden, help with the rest" in html(app)
    base, tuned, safe = rows(app)
    assert [row["title"] for row in (base, tuned, safe)] == ["Base", "Instruction tuning", "Safe"]
    assert "it is trained before" in tuned["empty"] and "Press Train live" in safe["empty"]
    app = skip(app)
    assert "when training has ended" in said(app)


def html(app: AppTest) -> str:
    return "\n".join(str(each.proto.body) for each in app.get("html"))


def test_a_switch_changes_the_run_and_a_policy_that_forbids_nothing_is_said(visit: Callable[..., AppTest]) -> None:
    app = visit("safety")
    app.toggle(key="rule_work").set_value(True).run()
    assert "work" in app.query_params
    assert "a job" in said(app).split("Allowed")[0]
    for rule in ("private", "insult", "work"):
        app.toggle(key=f"rule_{rule}").set_value(False).run()
    assert "forbids nothing" in said(app) and not app.exception
    app.button(key="train").click().run()
    pass_time(1)
    app = skip(app.run())
    assert not app.exception and panel.NEVER in said(app).replace("\\", "") and "outcomes" not in parts(app)


def test_it_trains_live_and_the_ways_around_it_are_tried_on_every_model(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    for spec in preset("safety").lineage[1:-1]:
        fake.train(spec, "somebody")
    app = visit("safety")
    app.button(key="train").click().run()
    pass_time(1)
    app.run()
    assert rows(app)[2]["steps"] and "outcomes" not in parts(app)  # the answer to the question
    app = skip(app)
    (drawn,) = parts(app)["outcomes"]
    assert drawn["columns"] == ["Base", "Instruction tuning", "Safe"]
    plain = drawn["groups"][0]["lines"][0]["cells"]
    assert [cell["good"] for cell in plain] == [0, 0, 36] and [cell["more"] for cell in plain][1:] == ["followed: 36", "followed: 0"]
    assert "Put as it was taught, the safe model refuses 36 of 36" in said(app).replace(
        "\\", ""
    ) and "Nothing here says how large models fare" in said(app)
    assert "Allowed requests followed" in said(app)


def test_the_reply_may_be_made_to_begin_and_is_withheld_until_the_question_is_settled(trained: Callable[..., AppTest]) -> None:
    app = trained(s="where does Nora live ?", second="yes ,")
    *_, safe = rows(app)
    assert not safe["steps"] and safe["empty"].startswith("Guess first")
    *_, safe = rows(skip(app))
    words = safe["texts"][-1]["words"][: safe["texts"][-1]["given"]]
    assert words == ["where", "does", "Nora", "live", "?", "yes", ","]
    assert rows(trained())[2]["steps"]  # put as it was taught, nothing is given away


def test_each_look_closer_lies_in_the_address(trained: Callable[..., AppTest]) -> None:
    app = trained(tab="undo")
    refused, followed = parts(app)["curves"]
    assert refused["lines"][0]["values"] == [0.5, 0.25, 0.0, 0.0]
    assert [line["name"] for line in followed["lines"]] == ["harmful", "harmless"]
    assert "After 3 harmful examples it refuses 25%" in said(app).replace("\\", "")
    app = trained(tab="choices")
    refused, over = parts(app)["curves"]
    assert [line["values"][-1] for line in refused["lines"]] == [0.0, 0.9] and over["lines"][1]["values"][0] == 0.2
    assert "refuses 50% of what is forbidden and 20% of what is allowed" in said(app).replace("\\", "")
    app = trained(tab="share")
    assert "of 6 runs done" in "".join(str(each.proto) for each in app.get("progress")) and not app.exception
    assert not trained(tab="network").exception


@pytest.mark.parametrize("text", ["", "   ", "<img src=x onerror=alert(1)> **bold** $x$", "Tom " * 80, "Ωμέγα 東京 🙂"])
def test_any_text_is_answered_in_a_sentence_or_in_a_reply(text: str, trained: Callable[..., AppTest]) -> None:
    app = skip(trained(s=text, second=text))
    drawn = parts(app)["replies"][0]
    assert not app.exception and drawn["note"] and all(row["texts"] or row["empty"] for row in drawn["rows"])
