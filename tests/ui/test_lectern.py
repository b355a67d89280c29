"""The lecturer turns a page, and the class is told; whoever follows comes along. On the fake engine, visitor and teacher side by side."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core import hosting
from llmviz.core.owners import TEACHER
from llmviz.ui import lectern
from llmviz.ui import visit as visits
from llmviz.ui.lectern import Lectern
from tests.ui.test_lab_book import texts

Visit = Callable[..., AppTest]
KEY = "k3y-of-a-class-in-may"


@pytest.fixture(autouse=True)
def hosted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    monkeypatch.setenv("LLMVIZ_HOSTED", "1")
    monkeypatch.setenv("LLMVIZ_TEACHER_KEY", KEY)
    hosting.limits.cache_clear()
    lectern.forget()
    yield
    monkeypatch.undo()
    hosting.limits.cache_clear()
    lectern.forget()


@pytest.fixture
def being(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A way to say who is at the keyboard: AppTest has no cookies."""

    def become(name: str) -> None:
        monkeypatch.setattr(visits, "viewer", lambda: name)
        monkeypatch.setattr(lectern, "_session", lambda: f"page of {name}")

    return become


Being = Callable[[str], None]
EVE = f"{TEACHER}eve"


def leading(visit: Visit, being: Being, page: str = "masked_tokens", **query: str) -> AppTest:
    being(EVE)
    app = visit(page, **query)
    return app.toggle(key=lectern.LEADS).set_value(True).run()


def at(app: AppTest) -> tuple[Any, ...]:
    page = app.session_state["page"]
    address = app.session_state["visits"][page].address
    return (page, address.lecture, address.beat)


def test_only_a_teacher_can_lead(visit: Visit, being: Being) -> None:
    being("ann")
    assert not [each for each in visit().toggle if each.key == lectern.LEADS]
    being(EVE)
    app = visit()
    assert app.toggle(key=lectern.LEADS).value is False and "teacher's key back" in app.sidebar.get("html")[-2].proto.body


def test_a_line_says_where_she_is_and_leads_there(visit: Visit, being: Being) -> None:
    being("ann")
    ann = visit("next_token")
    assert "The lecturer" not in texts(ann)
    leading(visit, being)
    being("ann")
    assert "The lecturer is on *Masked tokens*." in texts(ann.run()) and at(ann)[0] == "next-token"  # nobody's page is turned
    ann.button(key="go_to_lecturer").click().run()
    assert at(ann) == ("masked-tokens", False, 1)
    assert at(ann.switch_page("pages/spans.py").run())[0] == "spans"  # once, and not again


def test_who_follows_is_taken_along_beat_by_beat(visit: Visit, being: Being) -> None:
    eve = leading(visit, being)
    being("ann")
    ann = visit("next_token")
    ann.toggle(key=lectern.FOLLOWS).set_value(True).run()
    assert at(ann)[0] == "masked-tokens"
    ann.switch_page("pages/masked_tokens.py")  # AppTest does not know that it is there
    for button, there in (("lecture_view", (True, 1)), ("on", (True, 2)), ("on", (True, 3)), ("leave", (False, 3))):
        being(EVE)
        eve.button(key=button).click().run()
        being("ann")
        ann.run()
        assert at(ann) == at(eve) and at(eve)[1:] == there
    being("bob")
    assert at(visit("next_token"))[0] == "next-token"


def test_what_a_follower_has_set_stays(visit: Visit, being: Being) -> None:
    eve = leading(visit, being)
    being("ann")
    ann = visit("masked_tokens", s="all dogs bark")
    ann.toggle(key=lectern.FOLLOWS).set_value(True).run()
    being(EVE)
    eve.button(key="lecture_view").click().run()
    being("ann")
    ann.run()
    assert at(ann) == ("masked-tokens", True, 1) and ann.session_state["visits"]["masked-tokens"].address.sentence == "all dogs bark"


def test_without_a_lecturer_a_follower_stays(visit: Visit, being: Being) -> None:
    eve = leading(visit, being)
    being("ann")
    ann = visit("next_token")
    being(EVE)
    eve.toggle(key=lectern.LEADS).set_value(False).run()
    being("ann")
    lectern._lectern().follow("ann", True)
    ann.session_state[lectern.ASKED] = True  # pressed at the last moment
    assert at(ann.run())[0] == "next-token" and "The lecturer" not in texts(ann)


def test_whoever_leads_again_after_a_reload_goes_on(visit: Visit, being: Being, monkeypatch: pytest.MonkeyPatch) -> None:
    leading(visit, being)
    there = lectern._lectern()
    monkeypatch.setattr(lectern, "active", lambda session: session != f"page of {EVE}")
    assert there.now() is None and there.leads(EVE, "a new page") and not there.leads(f"{TEACHER}bob", "a new page")


def test_the_class_is_told_once_a_turn() -> None:
    told: list[int] = []
    there = Lectern(lambda: told.append(1))
    there.begin(EVE, "page")
    for beat in (1, 1, 2, 2, 2):
        there.turn(EVE, "page", "masked-tokens", "Masked tokens", beat, True)
    assert len(told) == 2 and there.place and there.place.number == 2
    there.begin(EVE, "another page")  # leads from there, at the same beat
    there.turn(EVE, "another page", "masked-tokens", "Masked tokens", 2, True)
    assert len(told) == 3
    there.follow("ann", True)
    there.leave()
    assert len(told) == 4 and not there.followers and there.now() is None


def test_on_ones_own_machine_there_is_no_lecturer(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LLMVIZ_HOSTED", "LLMVIZ_TEACHER_KEY"):
        monkeypatch.delenv(name)
    hosting.limits.cache_clear()
    app = visit()
    assert not app.toggle and not [each for each in app.button if each.key == "go_to_lecturer"]
