"""The form behind *Change*: what it shows once another text is chosen in it, and what it makes of its fields."""

from typing import Any

import pytest
import streamlit as st

from llmviz.core.address import Address, change
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.ui import form, visit

HERE, WIKI = RunSpec("mlm"), RunSpec("mlm", text=TextSpec("wiki"))


class Opened:
    """The form without its picture: the fields, and the spec that it leads to."""

    def __init__(self, spec: RunSpec, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fields: dict[str, Any] = {}
        self.spec = spec
        monkeypatch.setattr(st, "session_state", self.fields)
        monkeypatch.setattr(visit, "current", lambda: Address(self.spec))
        monkeypatch.setattr(visit, "change", lambda **parts: setattr(self, "spec", parts.get("spec", self.spec)))
        form._fill(spec)

    def choose(self, name: str, value: str) -> None:
        self.fields[f"setting_{name}"] = value
        form._lead()


def test_the_form_shows_the_defaults_of_the_text_that_is_chosen_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened(HERE, monkeypatch)
    assert opened.fields["setting_steps"] == HERE.train.steps != WIKI.train.steps
    opened.choose("text", "wiki")
    assert (opened.fields["setting_steps"], opened.fields["setting_learning_rate"]) == (WIKI.train.steps, WIKI.train.learning_rate)
    form._use()
    assert opened.spec == WIKI


def test_what_the_form_shows_is_what_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened(HERE, monkeypatch)
    opened.choose("text", "wiki")
    opened.fields["setting_steps"] = HERE.train.steps  # the default of the other text, here set by hand
    form._use()
    assert opened.spec == change(WIKI, {"steps": HERE.train.steps})


def test_what_was_set_by_hand_stays_when_the_form_turns_to_another_text(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened(change(HERE, {"seed": 3, "learning_rate": 0.004}), monkeypatch)
    opened.choose("text", "wiki")
    assert (opened.fields["setting_seed"], opened.fields["setting_learning_rate"]) == (3, 0.004)


def test_a_start_that_does_not_read_the_text_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened(RunSpec("sentiment", starting_from(RunSpec("clm"))), monkeypatch)
    opened.choose("text", "reviews")
    assert "reviews" in opened.fields[form.PROBLEM] and opened.fields["setting_text"] == "tinyland"
