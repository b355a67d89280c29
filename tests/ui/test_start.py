"""The start page as Streamlit runs it, without a browser."""

import time
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.history import History, fold
from llmviz.core.lecture import showing
from llmviz.core.lesson import SLIDES
from llmviz.core.run import RunRef
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.core.texts import TEXTS
from llmviz.core.update import Begin, Done
from llmviz.experiments import LESSONS
from llmviz.experiments.start import view as view
from llmviz.runs.engine import UNDER_WAY, State
from llmviz.ui import lesson
from llmviz.views.tokens import Token, telling
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_page import query

Visit = Callable[..., AppTest]
PRETRAINED = preset("mlm")


def told(app: AppTest) -> dict[str, Any]:
    return next(data for name, data in mounted(app) if name == "story")


def said(app: AppTest) -> str:
    return "\n".join(text.value for kind in (app.markdown, app.warning) for text in kind)


def attempts(fake: FakeEngine) -> list[RunRef]:
    return [run for run in fake._runs if run.attempt]


def test_it_opens_on_the_recordings_with_one_sentence_through_all(visit: Visit) -> None:
    app = visit("story")
    given = told(app)
    assert given["words"]["truth"] == TEXTS["tinyland"].opinion.split()[8]
    assert given["loss"]["stops"][-1] == PRETRAINED.train.steps and given["join"] == PRETRAINED.train.steps + 1
    for name in ("predictions", "scratch"):
        assert given[name]["labels"] == ["negative", "positive"] and len(given[name]["shares"]) == len(given[name]["steps"])
    assert given["predictions"]["shares"][-1][1] > 0.9 > given["scratch"]["shares"][-1][1]
    assert given["words"]["candidates"][-1][0][0] == given["words"]["truth"]
    assert given["label"] == "positive"
    assert query(app) == {}


def test_the_map_lists_the_ten_slides_each_with_its_pages_or_what_is_to_come(visit: Visit) -> None:
    app = visit("story")
    html = [element.proto.body for element in app.get("html")]
    links = [link.proto for link in app.get("page_link")]
    for slide in SLIDES:
        assert any(f"<b>{slide.number}</b><span>{escape(slide.title)}</span>" in each for each in html), slide
        for there in showing(slide):
            assert any(link.help == lesson.plain(there.title) and ("also" in link.label) == there.detail for link in links), there
    assert sum("to come" in each for each in html) == sum(not showing(slide) for slide in SLIDES)


def test_the_pages_stand_in_the_order_of_the_slides_with_their_numbers_beside_them(visit: Visit) -> None:
    app = visit("story")
    listed = [page["url_pathname"] for page in app._registered_pages.values()]
    overviews = ["", "side-by-side"]  # of both phases at once: they stand above the sections, the second also has a place in the lecture
    ordered = sorted(LESSONS, key=lambda each: each.page not in overviews)
    assert listed == [each.page for each in ordered]
    style = next(element.proto.body for element in app.get("html") if "stSidebarNavLink" in element.proto.body)
    for each in LESSONS:
        assert f"[data-testid=stSidebarNavLink][href$='/{each.page}']::after {{ content: '{each.label}'; }}" in style


@pytest.mark.parametrize(("page", "slides"), [("masked_tokens", "Slides 3, 6"), ("next_sentence", "Slide 6"), ("lab_book", "Also slide 1")])
def test_a_page_names_its_slides_above_its_title(visit: Visit, page: str, slides: str) -> None:
    heads = [element.proto.body for element in visit(page).get("html") if "class='eyebrow'" in element.proto.body]
    assert [f"<span>{slides} · " in head for head in heads] == [True]


def test_one_button_runs_the_whole_story(visit: Visit, fake: FakeEngine) -> None:
    fake._seconds = 5.0
    app = visit("story")
    app.button(key="train").click().run()
    first, second, third = attempts(fake)
    assert query(app) == {"run": first.key}
    assert [fake.spec(run).stage for run in (first, second, third)] == ["mlm", "sentiment", "sentiment"]
    assert fake.spec(second).parent == fake.spec(first) and fake.spec(third).parent is None
    assert (fake._state(second), fake._state(third)) == (State.QUEUED, State.TRAINING)
    assert "waits for phase 1" in told(app)["phases"][1]["about"]
    assert app.button(key="train").disabled and not app.button(key="stop").disabled
    end = time.monotonic() + 60
    while not all(fake._state(run) is State.DONE for run in (first, second, third)):
        assert time.monotonic() < end
        time.sleep(0.2)
    app.run()
    assert [phase["progress"] for phase in told(app)["phases"]] == [1.0, 1.0, 1.0]
    assert "trained here" in said(app) and not app.button(key="train").disabled


def test_it_survives_a_reload_at_every_moment(visit: Visit, fake: FakeEngine) -> None:
    fake._seconds = 60.0
    app = visit("story")
    app.button(key="train").click().run()
    again = visit("story", **query(app))
    assert again.button(key="train").disabled
    assert [phase["title"] for phase in told(again)["phases"]] == [phase["title"] for phase in told(app)["phases"]]
    assert "waits for phase 1" in told(again)["phases"][1]["about"]


def test_stopping_stops_all_and_the_recording_is_one_click_away(visit: Visit, fake: FakeEngine) -> None:
    fake._seconds = 60.0
    app = visit("story")
    app.button(key="train").click().run()
    app.button(key="stop").click().run()
    assert not [run for run in attempts(fake) if fake._state(run) in UNDER_WAY]
    assert "stopped" in told(app)["phases"][0]["about"]
    app.button(key="back_to_recording").click().run()
    assert query(app) == {} and told(app)["phases"][0]["progress"] == 1.0


def test_a_refusal_stands_below_the_buttons(visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> RunRef:
        raise ValueError("50 runs are waiting already")

    app = visit("story")
    monkeypatch.setattr(fake, "train", refuse)
    app.button(key="train").click().run()
    assert "50 runs are waiting already" in said(app)


@pytest.mark.parametrize("sentence", ["", "   ", "word " * 500, "😀 <script>alert(1)</script>", "qwxz"])
def test_any_sentence_is_answered_calmly(visit: Visit, sentence: str) -> None:
    app = visit("story", s=sentence)
    told(app)
    assert not app.error and not app.warning


def test_settings_of_both_phases_live_in_the_address(visit: Visit, fake: FakeEngine) -> None:
    app = visit("story", steps="40", labels="64", seed="3")
    assert told(app)["phases"][0]["about"] == "not trained yet"
    app.button(key="train").click().run()
    first, second, _ = attempts(fake)
    assert (fake.spec(first).train.steps, fake.spec(first).seed) == (40, 3)
    assert (fake.spec(second).objective.labels, fake.spec(second).seed) == (64, 3)


@pytest.mark.parametrize("text", ["tinyland", "reviews"])
def test_it_is_taught_as_many_labels_as_the_page_of_the_task_opens_with(visit: Visit, fake: FakeEngine, text: str) -> None:
    app = visit("story", text=text)
    told(app)
    app.button(key="train").click().run()
    assert fake.spec(attempts(fake)[1]) == preset("sentiment", TextSpec(text))


def test_a_text_without_labels_is_refused_in_a_sentence(visit: Visit) -> None:
    app = visit("story", text="sotu")
    assert "Before and after takes" in said(app)
    assert told(app)["phases"][0]["progress"] == 1.0 and query(app) == {}
    for labels in ("1", "9999"):
        assert "Labels" in said(visit("story", labels=labels))


def test_the_question_is_answered_by_the_runs(visit: Visit) -> None:
    app = visit("story")
    app.pills(key=next(pills.key for pills in app.pills if pills.key and pills.key.startswith("alone"))).set_value("next to nothing").run()
    assert "**Yes.**" in said(app) and "95 %" in said(app)


def ended(accuracy: float) -> History:
    return fold([Begin(0, 1, 1, 2, {"chance": 0.55}), Done(1, {"accuracy": accuracy, "chance": 0.51}, 1.0)])


@pytest.mark.parametrize(("alone", "right"), [(0.94, 0), (0.75, 1), (0.56, 2)])
def test_what_was_measured_decides(alone: float, right: int) -> None:
    found = view.reveal(ended(0.95), ended(alone))
    assert found and found[0] == right and "95 %" in found[1]
    assert "chance is 51 %" in found[1]  # on the test examples; 55 % is that of the validation examples
    assert view.reveal(ended(0.95), History()) is None


def test_the_recorded_story_is_the_one_the_page_opens_with() -> None:
    tuned, scratch = view.specs(PRETRAINED, 16)
    assert tuned == preset("sentiment") and scratch == preset("sentiment", parent="none")
    with pytest.raises(ValueError, match="Before and after takes"):
        view.specs(replace(PRETRAINED, text=TextSpec("wiki")), 16)
    assert RunSpec("sentiment", starting_from(PRETRAINED)) == tuned


@pytest.mark.parametrize(
    ("sentence", "hidden"),
    [("the film was dull and we hated it .", 6), ("the Paris dog .", 2), ("we were all there with them", None), ("qwxz Paris zzkx the", 1)],
)
def test_a_typed_sentence_hides_its_last_known_word_of_content(visit: Visit, sentence: str, hidden: int | None) -> None:
    app = visit("story", s=sentence)
    given = dict(mounted(app))["token_strip"]
    words = sentence.split()
    if hidden is None:  # function words alone: the last one that is known
        hidden = max(place for place, token in enumerate(given["tokens"]) if token["known"])
    assert given["hidden"] == [hidden] and told(app)["words"]["truth"] == words[hidden]
    assert "last word it knows" in given["note"] or "vocabulary" in given["note"]
    assert told(app)["words"]["candidates"] and "hide" not in query(app)
    assert dict(mounted(visit("story", s=sentence, hide="none")))["token_strip"]["hidden"] == []


def test_a_word_in_pieces_or_a_mark_is_not_chosen() -> None:
    pieces = [Token("dis", "dis"), Token("##mal", "mal", joined=True), Token("plot", "plot"), Token("[MASK]", "[MASK]"), Token(".", ".")]
    assert telling(pieces) == 2
    assert telling([*pieces[2:3], *pieces[:2]]) == 0
    assert telling(pieces[:2]) == 0  # nothing better than the beginning of a word
    assert telling([Token("[UNK]", "qwxz", known=False), Token(".", ".")]) is None


@pytest.mark.parametrize(
    ("sentence", "note", "card"),
    [
        ("", "Type a sentence", "no sentence"),
        ("qwxz zzkx .", "vocabulary", "knows no word"),
        ("Paris " * 100, "this model reads", "line above"),
    ],
)
def test_what_cannot_be_read_is_said_and_not_awaited(visit: Visit, sentence: str, note: str, card: str) -> None:
    app = visit("story", s=sentence)
    time.sleep(0.5)
    app.run()
    given = told(app)
    assert note.lower() in dict(mounted(app))["token_strip"]["note"].lower()
    for part in ("words", "predictions", "scratch")[: 3 if sentence.count("Paris") < 2 else 1]:
        assert not given[part]["steps"] and card in given[part]["empty"]


def test_the_second_story_is_a_click_away(visit: Visit) -> None:
    links = {each.proto.label: each.proto.page for each in visit("story").get("page_link")}
    assert links["The second story: one GPT"] == "gpt-story"
