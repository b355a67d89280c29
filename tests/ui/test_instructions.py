"""*Instructions* as Streamlit runs it, without a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.address import change
from llmviz.core.rival import rival
from llmviz.core.spec import preset
from llmviz.experiments.instructions import EXPERIMENT, view
from llmviz.text.tinyland.dialogue_parser import parsed
from tests.guess import skip
from tests.ui.fake_clock import pass_time
from tests.ui.fake_dialogues import ITSELF
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_forgetting import said

FIRST = EXPERIMENT.examples["tinyland"][0].sentence


def parts(app: AppTest) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, data in mounted(app):
        found.setdefault(name, []).append(data)
    return found


def rows(app: AppTest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parts(app)["replies"][0]["rows"]
    return found


def reply(row: dict[str, Any], place: int = -1) -> str:
    text = row["texts"][place]
    return " ".join(text["words"][text["given"] : -1])


@pytest.fixture
def trained(visit: Callable[..., AppTest], fake: FakeEngine) -> Callable[..., AppTest]:
    """Open the page on a run that has ended, its question answered."""
    fake.train(preset("instruct"), "somebody")
    pass_time(1)

    def opened(**query: str) -> AppTest:
        return skip(visit("instructions", **query))

    return opened


def test_before_anything_is_trained_it_says_so_and_offers_to_train(visit: Callable[..., AppTest]) -> None:
    app = visit("instructions", size="0.3M")  # of which nothing is recorded
    assert "A base goes on with a text; a tuned model does what is asked" in said(app)
    base, tuned, scratch = rows(app)
    assert (
        base["empty"].startswith("Guess first") and "Press Train live" in tuned["empty"] and scratch["action"] == "Train from scratch too"
    )
    app = skip(app)
    assert "Press Train live" in rows(app)[0]["empty"] and "as soon as there is a base" in said(app)
    assert not app.exception


def test_the_base_alone_is_shown_by_its_own_run(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    base = change(preset("icl"), {"size": "0.3M"})  # of which nothing is recorded
    fake.train(base, "somebody")
    pass_time(1)
    app = visit("instructions", size="0.3M")
    assert not rows(app)[0]["steps"]
    app = skip(app)
    shown, tuned, _ = rows(app)
    assert shown["steps"] == [base.train.steps] and not tuned["steps"] and reply(shown)
    assert "held-out requests" in said(app) and "not trained" in "\n".join(str(each.proto.body) for each in app.get("html"))


def test_it_trains_live_and_the_same_request_goes_into_base_and_tuned_model(visit: Callable[..., AppTest]) -> None:
    app = visit("instructions")
    app.button(key="train").click().run()
    pass_time(1)
    app.run()
    base, tuned, _ = rows(app)
    assert not base["steps"] and 0 not in tuned["steps"]  # the answer to the question
    app = skip(app)
    base, tuned, _ = rows(app)
    assert reply(base) == ITSELF and base["texts"][0]["good"] is False
    request = parsed(FIRST)
    assert request and "Paris" in reply(tuned) and tuned["texts"][-1]["verdict"] == view.FOLLOWED
    assert "Answer: another request." in said(app) and "of unseen requests ask" in "".join(str(each.proto.body) for each in app.get("html"))


def test_what_no_rule_knows_is_said(trained: Callable[..., AppTest]) -> None:
    app = trained(s="the film was dull .")
    assert [row["texts"][-1]["good"] for row in rows(app)[:2]] == [None, None]
    assert "none of the requests that the grammar knows" in parts(app)["replies"][0]["note"]
    assert rows(trained(s="What is the capital of France?"))[1]["texts"][-1]["good"] is not None  # as anybody types it


def test_draw_again_draws_with_another_seed_and_back(trained: Callable[..., AppTest]) -> None:
    app = trained(s="how was the party ?")
    assert app.button(key="likeliest").disabled
    app.button(key="draw_again").click().run()
    app.button(key="draw_again").click().run()
    assert app.query_params["draw"] == "2" and "seed 2" in said(app)
    app.button(key="likeliest").click().run()
    assert "draw" not in app.query_params and not app.exception


def test_what_the_base_and_the_tuned_model_write_is_counted(trained: Callable[..., AppTest]) -> None:
    [table] = [str(each.proto.body) for each in trained().get("html") if "writes another request" in str(each.proto.body)]
    assert "<td>100&nbsp;%</td><td>0&nbsp;%</td>" in table and "<td>0&nbsp;%</td><td>100&nbsp;%</td>" in table


def test_each_look_closer_lies_in_the_address(trained: Callable[..., AppTest]) -> None:
    app = trained(tab="held_out")
    [drawn] = parts(app)["outcomes"]
    assert [len(group["lines"]) for group in drawn["groups"]] == [10, 2]
    assert "30 of 30 about unseen subjects" in said(app) and "To do whatever is asked it has not learnt" in said(app)
    app = trained(tab="loss")
    masked, whole = parts(app)["replies"][1]["rows"]
    assert masked["texts"][-1]["given"] == 7 and whole["texts"][-1]["given"] == 0 and "your request" in said(app)
    app = trained(tab="loss", s="the film was dull .")
    assert "the first dialogue that the run learns from" in said(app)


def test_the_slider_decides_which_step_is_counted(trained: Callable[..., AppTest]) -> None:
    app = trained(tab="held_out", step="0")
    assert "0 of 30 requests as in training" in said(app)


def test_the_rival_is_trained_from_its_row(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    other = rival(preset("instruct"))
    assert other and not other.start
    fake.train(other, "somebody")
    pass_time(1)
    scratch = rows(visit("instructions"))[2]
    assert scratch["phase"] == "random" and scratch["steps"] and not scratch["action"]


@pytest.mark.parametrize("text", ["", "   ", "<img src=x onerror=alert(1)> **bold** $x$", "Tom " * 80, "Ωμέγα 東京 🙂"])
def test_any_text_is_answered_in_a_sentence_or_in_a_reply(text: str, trained: Callable[..., AppTest]) -> None:
    app = trained(s=text)
    drawn = parts(app)["replies"][0]
    assert drawn["note"] and all(row["texts"] or row["empty"] for row in drawn["rows"])
