"""The question of every page: what answers it is there only once the visitor has guessed, asked to be shown, or gone on in a lecture."""

import ast
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.views.reveal import GUESS_FIRST
from tests.guess import skip
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
ROOT = Path(__file__).parents[2]


def part(app: AppTest, name: str) -> Any:
    return next(data for each, data in mounted(app) if each == name)


def written(app: AppTest) -> str:
    """All the HTML of the page."""
    return " ".join(each.proto.body for each in app.get("html"))


def withheld(app: AppTest) -> bool:
    """Whether anything on the page stands in place of an answer."""
    return GUESS_FIRST in written(app) + json.dumps([data for _, data in mounted(app)])


# What answers the question of each page, empty while it is withheld.
ANSWERS: dict[str, Callable[[AppTest], Any]] = {
    "story": lambda app: part(app, "story")["accuracy"]["values"] + part(app, "story")["accuracy"]["scratch"]["values"],
    "before_after": lambda app: [
        each for each in part(app, "accuracy_bars")["rungs"] if each["name"] == "from scratch" and each["values"][-1]
    ],
    "masked_tokens": lambda app: part(app, "bars")["steps"][1:],
    "next_token": lambda app: part(app, "continuation")["texts"][-1]["chances"],
    "next_sentence": lambda app: re.findall(r"<td>\d\.\d\d</td>", written(app)),
    "spans": lambda app: part(app, "bars")["steps"] + part(app, "written")["texts"][-1]["chances"],
    "four_exercises": lambda app: re.findall(r"every token, and the end</span></th><td>\d", written(app)),
    "what_and_when": lambda app: not part(app, "small_multiples")["hidden"],
    "positions_optimisers": lambda app: not part(app, "small_multiples")["hidden"],
    "attention_maps": lambda app: part(app, "attention")["named"][1:],
}


@pytest.mark.parametrize("page", ANSWERS)
def test_the_answer_is_there_after_a_guess_and_not_before(visit: Visit, page: str) -> None:
    app = visit(page)
    assert withheld(app) and not ANSWERS[page](app)
    assert app.button(key="show_answer").label == "Show without guessing"
    quiz = next(pills for pills in app.pills if pills.key and pills.key.startswith(("quiz_", "alone_")))
    quiz.set_value(quiz.options[0]).run()
    assert not withheld(app) and ANSWERS[page](app)
    assert not any(each.key == "show_answer" for each in app.button)


@pytest.mark.parametrize("page", ["before_after", "tokens"])
def test_the_answer_is_shown_without_a_guess_too_and_stays(visit: Visit, page: str) -> None:
    app = skip(visit(page))
    assert not withheld(app)
    end = time.monotonic() + 60
    while not any(each.value.startswith("**Answer: ") for each in app.markdown):  # vocabularies may still be on their way
        assert time.monotonic() < end
        time.sleep(0.2)
        app.run()
    app.switch_page("pages/lab_book.py").run()
    app.switch_page(f"pages/{page}.py").run()
    assert not withheld(app) and not any(each.key == "show_answer" for each in app.button)


def test_the_title_keeps_the_answer_to_itself(visit: Visit) -> None:
    app = visit("before_after")
    assert "How far do 16 labels go?" in written(app)
    assert "How far do" not in written(skip(app))


def test_a_run_under_way_is_asked_about_and_not_answered(visit: Visit) -> None:
    app = visit(seed="5")
    app.button(key="train").click().run()
    skip(app)
    assert "The answer comes when training has ended." in [each.value for each in app.markdown]


# Where in a lecture the answer stands.
AREAS = {
    "story": "story_area",
    "before_after": "low_area",
    "masked_tokens": "curve_area",
    "next_token": "strip_area",
    "next_sentence": "asked_area",
    "spans": "bars_area",
    "four_exercises": "harvest_area",
    "what_and_when": "multiples_area",
    "positions_optimisers": "recipes_area",
    "attention_maps": "maps_area",
}


def beats(page: str) -> tuple[tuple[str, ...], ...]:
    """The beats of a page, read from its file: to import it would draw it."""
    tree = ast.parse((ROOT / "pages" / f"{page}.py").read_text(encoding="utf-8"))
    given = next(each for each in tree.body if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "BEATS")
    return ast.literal_eval(given.value)  # type: ignore[no-any-return]


@pytest.mark.parametrize("page", AREAS)
def test_a_lecture_has_a_beat_for_the_answer_after_that_of_the_question(page: str) -> None:
    asked = next(place for place, parts in enumerate(beats(page)) if "question" in parts)
    assert any(AREAS[page] in parts for parts in beats(page)[asked + 1 :])


def test_a_lecture_withholds_the_answer_up_to_the_beat_of_the_question(visit: Visit) -> None:
    asked = next(beat for beat, parts in enumerate(beats("next_sentence"), start=1) if "question" in parts)
    app = visit("next_sentence", lecture="1", beat=str(asked))
    assert withheld(app)
    assert not withheld(app.button(key="on").click().run())
