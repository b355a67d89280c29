"""The page as Streamlit runs it, without a browser."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.experiments import masked_lm
from llmviz.runs.engine import Command
from tests.ui.fake_clock import pass_time
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
DEFAULT = RunSpec("mlm")


def parts(app: AppTest) -> dict[str, Any]:
    """What our components were given, by name."""
    return dict(mounted(app))


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def words(app: AppTest) -> list[str]:
    return [token["text"] for token in parts(app)["token_strip"]["tokens"]]


def said(app: AppTest) -> str:
    return "\n".join(
        [*(warning.value for warning in app.warning), parts(app)["token_strip"]["note"], *(text.value for text in app.markdown)]
    )


def test_it_opens_on_the_recording(visit: Visit) -> None:
    app = visit()
    given = parts(app)
    assert words(app) == masked_lm.EXPERIMENT.examples["tinyland"][0].sentence.split()
    assert given["token_strip"]["hidden"] == [5]
    assert given["bars"]["groups"][0]["truth"] == "Paris"
    assert given["curve"]["snapshots"][-1] == DEFAULT.train.steps
    assert {part["group"] for part in given.values() if "group" in part} == {RunRef(DEFAULT.id, 0).key}
    assert query(app) == {}
    assert "recorded" in said(app)


def test_training_ends_in_a_run_with_an_address(visit: Visit) -> None:
    app = visit()
    app.button(key="train").click().run()
    run = query(app)["run"]
    assert run == RunRef(DEFAULT.id, 1).key
    assert app.button(key="train").disabled
    pass_time(1)
    app.run()
    assert "done" in said(app) and not app.button(key="train").disabled
    assert parts(visit(run=run))["curve"] == parts(app)["curve"] | {"visit": 1}


def test_pause_step_continue_stop_resume(visit: Visit, fake: FakeEngine) -> None:
    fake._seconds = 60.0
    app = visit()
    app.button(key="train").click().run()
    app.button(key="pause").click().run()
    assert "paused" in said(app)
    before = fake.history(RunRef(DEFAULT.id, 1)).step
    app.button(key="one_step").click().run()
    assert fake.history(RunRef(DEFAULT.id, 1)).step == before + 1
    app.button(key="continue").click().run()
    app.segmented_control(key="speed").set_value("slow").run()
    assert app.segmented_control(key="speed").value == "slow"
    app.button(key="stop").click().run()
    assert "stopped" in said(app)
    app.button(key="resume").click().run()
    assert "training" in said(app)


def test_someone_elses_run_is_watched_not_controlled(visit: Visit, fake: FakeEngine) -> None:
    fake._seconds = 60.0
    fake.train(DEFAULT, "another viewer")
    app = visit(run=RunRef(DEFAULT.id, 1).key)
    assert "someone else" in said(app)
    app.button(key="pause").click().run()
    assert "Someone else started this run" in said(app)
    fake.control(RunRef(DEFAULT.id, 1), Command.STOP, "another viewer")


def test_a_sentence_goes_to_the_address_and_comes_back(visit: Visit) -> None:
    app = visit()
    app.text_input(key="sentence").set_value("the owl hoots").run()
    assert query(app) == {"s": "the owl hoots"}
    assert parts(app)["bars"]["empty"].startswith("Click a word")
    app.pills(key="suggestion").set_value("a capital").run()
    assert query(app) == {}
    assert words(visit(s="the owl hoots", hide="2")) == ["the", "owl", "hoots"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("", ""),
        ("   ", ""),
        ("France", "that bar mostly measures copying"),
        ("word " * 500, "tokens; this model reads"),
        ("😀 שלום עולם", "vocabulary"),
        ("<script>alert(1)</script> **bold** $x$ [a](b)", "vocabulary"),
        ("qwxz zzkx", "vocabulary"),
    ],
)
def test_hostile_sentences_get_one_calm_line(visit: Visit, sentence: str, expected: str) -> None:
    app = visit(s=sentence)
    assert expected in parts(app)["token_strip"]["note"]
    assert not app.error and not app.warning


def test_every_word_hidden(visit: Visit) -> None:
    given = parts(visit(hide="0,1,2,3,4,5,6"))
    assert len(given["bars"]["groups"]) == 7


def test_hiding_beyond_the_sentence_is_explained(visit: Visit) -> None:
    app = visit(hide="3,99")
    assert "nothing to hide beyond" in said(app)
    assert parts(app)["token_strip"]["hidden"] == [3]


def test_nonsense_in_the_address_is_explained_and_dropped(visit: Visit) -> None:
    app = visit(run="../../etc/passwd", steps="99999999", step="-3", hide="x", text="nope", seed="2")
    assert "not the name of a run" in said(app) and "Steps" in said(app) and "whole number" in said(app)
    assert query(app) == {"seed": "2"}


def test_a_run_that_is_not_here_is_explained(visit: Visit) -> None:
    app = visit(run=f"{'0' * 64}-1")
    assert "no such run" in said(app)
    assert parts(app)["curve"]["snapshots"]


def test_without_a_run_the_page_invites_to_train(visit: Visit) -> None:
    app = visit(seed="5")
    given = parts(app)
    assert given["token_strip"]["steps"] == [] and given["curve"]["empty"].startswith("No model yet")
    assert words(app) == masked_lm.EXPERIMENT.examples["tinyland"][0].sentence.split()
    assert not app.button(key="train").disabled


def test_real_text_names_its_source_and_asks_its_own_question(visit: Visit) -> None:
    app = visit(text="wiki")
    assert any("Creative Commons" in caption.value for caption in app.caption)
    quiz = next(pills for pills in app.pills if pills.key and pills.key.startswith("quiz_"))
    assert "first guess for the gap at step" in quiz.label
    quiz.set_value(quiz.options[0]).run()
    assert "its first guess was" in said(app)
    assert visit(text="wiki", seed="5").pills(key="quiz_wiki").options[0] == "above unigram"


def test_the_question_is_answered_by_the_run(visit: Visit) -> None:
    app = visit()
    app.pills(key="quiz_tinyland").set_value("which city").run()
    assert "half of the probability" in said(app)


def test_the_notes_below_name_the_words_there_are(visit: Visit) -> None:
    told = said(visit())
    assert "is told in none of them word for word" in told and "output of this very code" in told and "Paris" in told


def test_who_only_watches_may_turn_to_a_run_of_their_own(visit: Visit, fake: FakeEngine) -> None:
    fake._seconds = 60.0
    fake.train(DEFAULT, "another viewer")
    assert not visit(run=RunRef(DEFAULT.id, 1).key).button(key="change").disabled
    fake.control(RunRef(DEFAULT.id, 1), Command.STOP, "another viewer")


def test_change_makes_another_recipe(visit: Visit) -> None:
    app = visit(s="the owl hoots")
    app.button(key="change").click().run()
    app.number_input(key="setting_steps").set_value(300)
    app.selectbox(key="setting_size").set_value("0.3M")
    next(button for button in app.button if button.label == "Use these settings").click().run()
    assert query(app) == {"size": "0.3M", "steps": "300", "s": "the owl hoots"}
    assert "300 steps" in said(app)


def test_show_the_code(visit: Visit) -> None:
    app = visit()
    app.button(key="code").click().run()
    assert "ForMaskedLM" in app.code[0].value
    compile(app.code[0].value, "script", "exec")


def test_no_model_library_in_the_server(visit: Visit) -> None:
    program = [name for name in ("torch", "transformers", "bertviz") if name in sys.modules]
    visit()
    assert [name for name in ("torch", "transformers", "bertviz") if name in sys.modules] == program
