"""The row below a sentence's box, and the words of a page."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.glossary import GLOSSARY
from llmviz.text.tinyland.corpus import words
from llmviz.ui.known import GROUPS, OTHERS, groups, replaced
from llmviz.views.terms import listed, marked
from tests.ui.mounted import mounted
from tests.ui.test_page import query

Visit = Callable[..., AppTest]


def strip(app: AppTest) -> dict[str, Any]:
    return dict(mounted(app))["token_strip"]


def test_every_word_of_tinyland_stands_once_under_a_heading() -> None:
    found = groups(words())
    assert sorted(word for each in found.values() for word in each) == sorted(words())
    assert set(GROUPS) < set(found) and "Anna" in found["people"] and "the" in found[OTHERS]
    assert groups(["b", "a", "c"], {"one": ("a", "x"), "none": ("y",)}) == {"one": ["a"], OTHERS: ["b", "c"]}


def test_a_word_is_replaced_only_where_it_stands_as_a_word() -> None:
    assert replaced("Frence, not Frencely: frence Frence", "Frence", r"\1France") == r"\1France, not Frencely: frence \1France"


def test_near_words_replace(visit: Visit) -> None:
    app = visit(s="the capital of Frence is", hide="1")
    app.pills(key="near_words").set_value("Frence → France").run()
    assert query(app) == {"s": "the capital of France is", "hide": "1"}
    assert not [pills for pills in app.pills if pills.key == "near_words"]
    assert strip(app)["hidden"] == [1]


def test_the_text_is_switched_beside_the_sentence(visit: Visit) -> None:
    app = visit(s="the dog", steps="300")
    switch = app.segmented_control(key="text_switch")
    assert switch.options == ["Tinyland", "State of the Union", "Wikipedia leads", "Film reviews", "Requests"]
    switch.set_value("wiki").run()
    assert query(app) == {"text": "wiki", "steps": "300"}  # what was set by hand stays, the sentence is the text's own
    app.segmented_control(key="text_switch").set_value("tinyland").run()
    assert query(app) == {"steps": "300"}


def test_on_start_another_text_comes_with_its_own_recipe(visit: Visit) -> None:
    app = visit("story")
    app.segmented_control(key="text_switch").set_value("reviews").run()
    assert query(app) == {"text": "reviews"}


def test_a_text_that_the_parent_does_not_read_comes_with_its_usual_parent(visit: Visit) -> None:
    app = visit("before_after", parent="clm", seed="3")
    app.segmented_control(key="text_switch").set_value("reviews").run()
    assert not app.exception and query(app) == {"text": "reviews", "seed": "3"}


@pytest.mark.parametrize("page", ["spans", "next_sentence", "four_exercises"])
def test_a_page_of_one_text_has_the_words_and_no_switch(visit: Visit, page: str) -> None:
    app = visit(page)
    listed = {group["heading"]: group["words"] for group in dict(mounted(app))["word_list"]["groups"]}
    assert "Anna" in listed["people"] and "Paris" in listed["capitals"]
    assert "text_switch" not in {control.key for control in app.segmented_control}


def test_a_lecture_has_neither(visit: Visit) -> None:
    app = visit("story", lecture="1")
    assert "word_list" not in dict(mounted(app))
    assert "text_switch" not in {control.key for control in app.segmented_control}


def test_terms_explain_themselves_where_they_are_first_said(visit: Visit) -> None:
    said = marked("A <b>label</b> and labels, unlabelled tokens & more.", ("label", "token", "seed"))
    assert said.count('class="term"') == 2 and said.startswith('A <b><span class="term" tabindex="0"') and ">tokens</span>" in said
    assert GLOSSARY["label"] in said and "and labels, unlabelled" in said
    assert listed(["[MASK]"]) == f"<dl class='glossary'><dt>[MASK]</dt><dd>{GLOSSARY['[MASK]']}</dd></dl>"
    app = visit("story")
    assert any("<dt>held-out</dt>" in str(html.proto.body) for html in app.get("html"))
    story = dict(mounted(app))["story"]
    assert story["terms"] == {"head": GLOSSARY["head"]} and GLOSSARY["chance"] in {bound["about"] for bound in story["accuracy"]["bounds"]}
