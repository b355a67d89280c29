"""The lecture's place in the address: kept, bounded, turned by the bar, and left again."""

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core import address
from llmviz.ui.lecture import LAST, bounded
from llmviz.ui.visit import Way

Visit = Callable[..., AppTest]


def shown(app: AppTest) -> str:
    """The place that the bar names: `2 of 5`."""
    return next((each.value for each in app.markdown if " of " in each.value and each.value[0].isdigit()), "")


@pytest.mark.parametrize(("beat", "there"), [(0, 1), (1, 1), (5, 5), (6, 5), (LAST, 5)])
def test_a_beat_is_one_that_the_page_has(beat: int, there: int) -> None:
    assert bounded(beat, 5) == there


@pytest.mark.parametrize("given", ["-1", "two", "1.5", "1000", "²"])
def test_a_beat_that_is_no_number_is_explained(given: str) -> None:
    found, problems = address.read({"lecture": "1", "beat": given}, ("mlm",))
    assert found.beat == 1
    assert "a beat is a whole number from 1" in problems["beat"]


def test_the_beat_is_read_from_the_address_and_written_to_it(visit: Visit) -> None:
    app = visit("masked_tokens", lecture="1", beat="3")
    assert shown(app) == "3 of 5"
    app.button(key="on").click().run()
    assert shown(app) == "4 of 5"
    assert app.query_params["beat"] == "4"
    app.button(key="back").click().run()
    assert app.query_params["beat"] == "3"


@pytest.mark.parametrize(("given", "there"), [("99", "5 of 5"), ("0", "1 of 5")])
def test_the_address_is_bounded_to_the_beats_of_the_page(visit: Visit, given: str, there: str) -> None:
    app = visit("masked_tokens", lecture="1", beat=given)
    assert shown(app) == there
    assert app.query_params.get("beat", "1") == there[0]


def test_a_button_leads_to_the_lecture_and_another_out_of_it(visit: Visit) -> None:
    app = visit("masked_tokens")
    assert not shown(app)
    app.button(key="lecture_view").click().run()
    assert shown(app) == "1 of 5"
    assert app.query_params["lecture"] == "1"
    assert "Slides 3, 6" in [each.value for each in app.markdown]
    app.button(key="leave").click().run()
    assert not shown(app)
    assert "lecture" not in app.query_params


def test_the_first_beat_of_the_story_has_nothing_before_it(visit: Visit) -> None:
    app = visit("story", lecture="1")
    assert app.button(key="back").disabled
    assert not app.button(key="on").disabled


def test_pressed_before_the_page_has_opened_it_opens_as_a_lecture() -> None:
    """The button stands before the page is drawn."""

    def draw() -> None:
        import streamlit as st

        from llmviz.ui import visit

        if "page" in st.session_state:
            st.markdown(str(visit.current().lecture))
        elif st.session_state.get("lecture"):
            st.markdown(str(visit.open("masked_tokens", ("mlm",), lambda run: run).lecture))  # type: ignore[arg-type, return-value]
        else:
            st.button("Lecture view", on_click=visit.lecture, args=(True,))

    app = AppTest.from_function(draw).run()
    app.button[0].click().run()
    assert not app.exception and app.markdown[0].value == "True"


def test_a_lecture_that_was_overtaken_on_its_way_goes_on_to_the_next_page(visit: Visit) -> None:
    """A drawing that the browser asks for in that moment, of this page, took the next page's beat for its own and stayed."""
    app = visit("masked_tokens", lecture="1", beat="5")
    app.session_state["on_the_way"] = Way("masked-tokens", "next-token", 2)
    app.run()
    assert app.session_state["page"] == "next-token" and shown(app) == "2 of 7"


@pytest.mark.parametrize(("drawn", "there"), [(None, "safety"), (0.0, "safety"), (60.0, "reinforcement")])
def test_a_late_word_of_the_page_that_was_left_leads_on(visit: Visit, drawn: float | None, there: str) -> None:
    """A part of it may ask for a drawing while the next page is drawn, or just after; a minute later it is the visitor who came back."""
    app = visit("reinforcement", lecture="1")
    app.session_state["on_the_way"] = Way("reinforcement", "safety", None, None if drawn is None else time.monotonic() - drawn)
    app.run()
    assert app.session_state["page"] == there
    assert shown(app).startswith("1 of ")


def test_a_beat_turned_before_its_page_is_drawn_stays_turned(visit: Visit) -> None:
    app = visit("safety", lecture="1")
    app.session_state["on_the_way"] = way = Way("reinforcement", "safety", None)
    app.button(key="on").click().run()
    assert shown(app).startswith("2 of ")
    assert way.drawn is not None
