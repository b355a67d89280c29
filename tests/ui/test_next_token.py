"""*Next token* as Streamlit runs it, on the fake engine, without a browser."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.questions.generation import Generate
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.experiments.causal_lm import bits_view, grown_view
from llmviz.text.special import SEP
from tests.ui.fake_engine import FakeEngine
from tests.ui.fake_writing import STORY
from tests.ui.test_page import parts, query

DEFAULT = RunSpec("clm")


@pytest.fixture
def open_at(visit: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """Open the page with these parameters in its address."""
    return partial(visit, "next_token")


def written(app: AppTest, step: int = -1) -> list[str]:
    """What the page shows after the beginning at one of the snapshots."""
    given = parts(app)["continuation"]
    words: list[str] = given["texts"][step]["words"]
    return words[: given["shown"]]


def place(app: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = parts(app)["choices"]["places"][-1]
    return found


def said(app: AppTest) -> str:
    return "\n".join(
        [*(warning.value for warning in app.warning), parts(app)["continuation"]["note"], *(text.value for text in app.markdown)]
    )


def test_it_opens_on_the_recording_with_a_whole_continuation(open_at: Callable[..., AppTest]) -> None:
    app = open_at(temperature="0")
    given = parts(app)
    assert [token["text"] for token in given["continuation"]["given"]] == "the capital of France is".split()  # noqa: SIM905
    assert written(app) == [*STORY, "(end)"]
    assert written(app, 0) != written(app)  # from noise to sentences
    assert given["curve"]["snapshots"][-1] == DEFAULT.train.steps
    assert {part["group"] for part in given.values() if "group" in part} == {RunRef(DEFAULT.id, 0).key}
    assert app.button(key="next").disabled and not app.button(key="over").disabled
    assert query(open_at()) == {}


def test_one_token_after_the_other(open_at: Callable[..., AppTest]) -> None:
    app = open_at(temperature="0")
    app.button(key="over").click().run()
    assert written(app) == [] and place(app)["picked"] == -1  # the page does not tell the next token before it is drawn
    app.button(key="next").click().run()
    app.button(key="next").click().run()
    assert written(app) == STORY[:2]
    assert query(app) == {"temperature": "0.0", "tokens": "2", "at": "2"}
    app.button(key="end").click().run()
    assert written(app) == [*STORY, "(end)"] and "tokens" not in query(app)


def test_another_candidate_is_another_way(open_at: Callable[..., AppTest]) -> None:
    app = open_at(temperature="0", at="2")
    candidates = place(app)["candidates"]
    other = next(each for each in candidates if each["word"] != STORY[2])
    app = open_at(temperature="0", at="3", branch=",".join(map(str, [*place(app)["before"], other["id"]])))
    assert written(app)[:3] == [*STORY[:2], other["word"]]
    assert parts(app)["continuation"]["chosen"] == 3
    app.text_input(key="sentence").set_value("the owl").run()
    assert "branch" not in query(app) and "at" not in query(app)  # it belonged to the other beginning


def test_each_filter_that_is_on_has_its_column(open_at: Callable[..., AppTest]) -> None:
    assert parts(open_at())["choices"]["filters"] == ["model", "temp."]
    assert parts(open_at(temperature="1"))["choices"]["filters"] == ["model"]
    app = open_at(temperature="0.5", top_k="3", top_p="0.9", penalty="1.5")
    assert parts(app)["choices"]["filters"] == ["model", "penalty", "temp.", "top-k", "top-p"]
    for each in place(app)["candidates"]:
        assert len(each["chances"]) == 5
    assert place(app)["left"] <= 3
    app.number_input(key="dial_temperature").set_value(2.0).run()
    assert query(app)["temperature"] == "2.0"


def test_the_same_seed_is_the_same_text(open_at: Callable[..., AppTest]) -> None:
    app = open_at(temperature="3")
    first = written(app)
    app.button(key="again").click().run()
    assert query(app)["draw"] == "1" and written(app) != first
    app.number_input(key="dial_draw").set_value(0).run()
    assert written(app) == first


@pytest.mark.parametrize("parameters", [{"temperature": "100"}, {"top_k": "99999"}, {"top_p": "0"}, {"s": ""}, {"s": "<b>*x* </b>😀"}])
def test_at_the_edges_there_is_still_a_text(parameters: dict[str, str], open_at: Callable[..., AppTest]) -> None:
    app = open_at(**parameters)
    assert written(app) and not app.error and not app.warning


def test_too_long_a_beginning_is_explained(open_at: Callable[..., AppTest]) -> None:
    app = open_at(s="owl " * 70)
    assert "This beginning has 70 tokens; this model reads 63." in said(app)
    assert parts(app)["choices"]["places"] == []


@pytest.mark.parametrize(
    ("name", "value", "about"),
    [
        ("temperature", "-1", "Temperature"),
        ("temperature", "nan", "Temperature"),
        ("top_p", "1.5", "Top-p"),
        ("top_k", "many", "Top-k"),
        ("penalty", "0", "Repetition"),
        ("branch", "1,x", "Branch"),
        ("branch", ",".join(["7"] * 50), "Branch"),
        ("more", "<x>", "More"),
        ("width", "99", "Beams"),
    ],
)
def test_nonsense_in_the_address_is_explained(name: str, value: str, about: str, open_at: Callable[..., AppTest]) -> None:
    app = open_at(**{name: value})
    assert about in app.warning[0].value.replace("\\", "") and query(app) == {}


def test_a_branch_of_another_vocabulary_is_a_sentence(open_at: Callable[..., AppTest]) -> None:
    assert "none of this model's vocabulary" in said(open_at(branch="99999"))


def test_beams_are_asked_for_only_when_they_are_opened(open_at: Callable[..., AppTest]) -> None:
    app = open_at()
    assert "tree" not in parts(app)
    app.segmented_control(key="more").set_value("beams").run()
    tree = parts(app)["tree"]
    assert query(app)["more"] == "beams" and tree["width"] == 3
    assert sum(node["best"] for node in tree["trees"][-1]) == max(node["depth"] for node in tree["trees"][-1] if node["best"])
    app.number_input(key="dial_width").set_value(2).run()
    assert parts(app)["tree"]["width"] == 2


def running(app: AppTest) -> list[str]:
    """What the sizes of model have written."""
    return [element.proto.body for element in app.get("html") if "class='running'" in element.proto.body]


def test_sizes_that_are_not_there_are_trained_as_a_study(open_at: Callable[..., AppTest]) -> None:
    app = open_at(more="sizes", temperature="0")
    assert len(running(app)) == 1
    app.button(key="sizes_train").click().run()
    assert app.button(key="sizes_stop")
    end = time.monotonic() + 20
    while app.get("progress")[0].proto.text != "3 of 3 runs done" and time.monotonic() < end:
        time.sleep(0.2)
        app.run()
    assert len(running(app)) == 3 and all(STORY[0] in text for text in running(app))
    [chart] = app.get("plotly_chart")
    line = next(trace for trace in json.loads(chart.proto.spec)["data"] if trace.get("name") == "GPT")
    assert len(line["y"]) == 3
    assert "run" not in query(app)  # the page still shows its own


def test_the_question_is_answered_by_what_the_run_wrote(open_at: Callable[..., AppTest]) -> None:
    app = open_at()
    app.pills(key="quiz_clm_tinyland").set_value("about half").run()
    assert "tokens had more than 90%" in said(app) or "tokens had more than 90 %" in said(app).replace("\\", "")


def test_without_a_run_the_page_invites_to_train(open_at: Callable[..., AppTest]) -> None:
    app = open_at(seed="5")
    assert parts(app)["continuation"]["texts"] == [] and parts(app)["curve"]["empty"].startswith("No model yet")
    assert app.button(key="next").disabled


def test_the_story_is_in_the_vocabulary(fake: FakeEngine) -> None:
    assert SEP not in {fake._tokenizer.token_to_id(word) for word in STORY} and None not in map(fake._tokenizer.token_to_id, STORY)


def test_texts_of_many_steps_stand_below_one_another(open_at: Callable[..., AppTest]) -> None:
    app = open_at(more="grown", temperature="0")
    told = running(app)
    assert len(told) == grown_view.ROWS and " ".join(STORY) in told[-1] and " ".join(STORY) not in told[0]
    labels = [text.value for text in app.markdown if text.value.startswith("**step ")]
    assert len(labels) == grown_view.ROWS and labels[0].startswith("**step 0**")
    assert labels[-1].startswith(f"**step {DEFAULT.train.steps:,}**") and "tokens read" in labels[-1]


def test_a_recording_shows_texts_of_steps_whose_weights_did_not_come(
    open_at: Callable[..., AppTest], fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunRef(DEFAULT.id, 0)
    [text] = fake.answer(run, [DEFAULT.train.steps], Generate(TEXTS["tinyland"].beginning))
    kept = {step: replace(text, step=step, text=f"written after {step}") for step in range(1, 900, 7)}
    monkeypatch.setattr(fake, "kept_answers", lambda run, question: kept if question.text == TEXTS["tinyland"].beginning else {})
    app = open_at(more="grown")
    assert set(kept) <= set(parts(app)["continuation"]["steps"]) & set(parts(app)["curve"]["snapshots"])
    assert any("written after" in html for html in running(app))
    other = open_at(more="grown", s="the film was")
    assert not set(kept) <= set(parts(other)["curve"]["snapshots"])
    assert not any("written after" in html for html in running(other))


@pytest.mark.parametrize(
    ("told", "sentence"), [(1.4, "fewer than zlib, xz and trigram."), (2.5, "fewer than zlib and xz, and more than trigram.")]
)
def test_bits_are_held_against_what_compresses(told: float, sentence: str) -> None:
    metrics = {"zlib_bits": 3.3, "xz_bits": 2.8, "trigram_bits": 1.6, "bits_per_byte": told}
    found = bits_view.bars(metrics)
    assert [bar.bits for bar in found] == sorted((bar.bits for bar in found), reverse=True) and sum(bar.ours for bar in found) == 1
    assert bits_view.told(found) == f"The GPT needs {told:.2f} bits a byte, {sentence}"
    drawn = bits_view.figure(found)
    assert drawn["data"][0]["x"] == [bar.bits for bar in found] and drawn["data"][0]["y"] == [bar.name for bar in found]


def test_bits_of_words_are_not_told(open_at: Callable[..., AppTest]) -> None:
    app = open_at(more="bits")
    assert bits_view.NOT_BYTES in [text.value for text in app.caption] and not app.exception
