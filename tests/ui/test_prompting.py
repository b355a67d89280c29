"""*Prompting* as Streamlit runs it, without a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.experiments.in_context import panel
from llmviz.experiments.in_context.shots_view import NAMES
from llmviz.text.tinyland.lists import RELATIONS
from tests.guess import skip
from tests.ui.fake_clock import pass_time
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_forgetting import said

Visit = Callable[..., AppTest]


def parts(app: AppTest) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, data in mounted(app):
        found.setdefault(name, []).append(data)
    return found


def trained(app: AppTest) -> AppTest:
    """The page after its run, its question answered."""
    app = app.button(key="train").click().run()
    pass_time(1)
    return skip(app.run())


def test_before_there_is_a_model_it_says_so_and_prompts_can_be_built(visit: Visit, fake: FakeEngine) -> None:
    app = skip(visit("prompting", size="0.3M"))  # of which nothing is recorded
    assert parts(app)["bars"][0]["empty"] == panel.NO_MODEL and "The curves stand here as soon as training has ended" in said(app)
    assert "can a prompt change the task?" in said(app) and "SHA-256 of the" not in said(app)
    app.pills(key=panel.EXAMPLES).set_value(["Italy", "Spain"]).run()
    assert app.query_params["s"] == "Italy : Rome , Spain : Madrid , France :"


def test_an_address_is_a_prompt_and_a_click_makes_another(visit: Visit) -> None:
    app = visit("prompting", s="dog : puppy , cat : kitten , cow :")
    assert app.segmented_control(key=panel.RELATION).value == "young" and app.selectbox(key=panel.ASKED).value == "cow"
    assert app.pills(key=panel.EXAMPLES).value == ["dog", "cat"]
    app.button(key="reorder").click().run()
    assert app.query_params["s"] == "cat : kitten , dog : puppy , cow :"
    app.button(key="swap_values").click().run()
    assert (
        app.query_params["s"] == "cat : puppy , dog : kitten , cow :"
        and "2 examples here are false" in parts(app)["continuation"][0]["note"]
    )
    app.selectbox(key=panel.ASKED).set_value("frog").run()
    assert app.query_params["s"] == "cat : puppy , dog : kitten , frog :"
    app.segmented_control(key=panel.RELATION).set_value("capital").run()
    assert "s" not in app.query_params and "relation" not in app.query_params  # the page's own prompt
    app.segmented_control(key=panel.RELATION).set_value("job").run()
    assert app.query_params["relation"] == "job" and app.query_params["s"].endswith("Leo :")


def test_what_is_typed_freely_is_no_relation_and_is_asked_all_the_same(visit: Visit) -> None:
    app = trained(visit("prompting", s="the dog"))
    assert parts(app)["bars"][0]["groups"][0]["source"] == "after this text" and "no list of pairs" in parts(app)["continuation"][0]["note"]
    assert app.button(key="reorder").disabled and app.pills(key=panel.EXAMPLES).value == []


def test_examples_change_the_next_word_and_the_hash_stays(visit: Visit, fake: FakeEngine) -> None:
    app = trained(visit("prompting"))
    drawn = parts(app)
    groups = drawn["bars"][0]["groups"]
    assert [group["source"] for group in groups] == ["no example", "1 example"]
    assert groups[1]["candidates"][-1][0][0] == "Paris" != groups[0]["candidates"][-1][0][0]
    assert drawn["continuation"][0]["texts"][-1]["words"] == ["Paris"]
    assert "weights:" in said(app) and "equal" in said(app) and "Of the GPT it started from" in said(app)
    assert [line["name"] for line in drawn["curves"][0]["lines"]] == [name for name, _ in NAMES.values()]
    assert "Order." in said(app) and "Wrong values." in said(app)
    assert len(drawn["table"][0]["rows"]) == len(RELATIONS)
    app.pills(key=panel.EXAMPLES).set_value([]).run()
    assert [group["source"] for group in parts(app)["bars"][0]["groups"]] == ["no example"]


def test_nothing_is_told_before_one_has_guessed(visit: Visit, fake: FakeEngine) -> None:
    app = visit("prompting")
    app = app.button(key="train").click().run()
    pass_time(1)
    app = app.run()
    drawn = parts(app)
    assert not drawn["bars"][0]["steps"] and drawn["continuation"][0]["shown"] == 0 and "curves" not in drawn
    assert "can a prompt change the task?" in said(app)


@pytest.mark.parametrize(
    ("tab", "part", "words"),
    [
        ("heads", "attention", "looks most at the values of the examples"),
        ("worth", "curves", "Fine-tuning needs about 8 labelled pairs"),
        ("ways", "accuracy_bars", "Zero-shot puts"),
    ],
)
def test_a_closer_look(visit: Visit, tab: str, part: str, words: str) -> None:
    app = trained(visit("prompting", tab=tab))
    assert parts(app)[part] and words in said(app).replace("**", "")


def test_an_address_that_cannot_be_read_is_explained(visit: Visit) -> None:
    app = visit("prompting", relation="colour", tab="stars")
    assert "colour" in said(app) and not app.exception
    assert app.segmented_control(key=panel.RELATION).value == "capital"
