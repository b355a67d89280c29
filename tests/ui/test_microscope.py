"""One training step under the microscope: the fold on the pages, on the fake engine, without a browser."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.questions.onestep import FURTHEST, OneStep
from llmviz.core.run import RunRef
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.runs.engine import Command, State, Status
from llmviz.ui import ask, live, microscope
from tests.ui import fake_step
from tests.ui.fake_engine import FakeEngine
from tests.ui.test_page import parts

Visit = Callable[..., AppTest]
PAGES = ("masked_tokens", "next_token", "before_after")


def test_each_state_is_opened_or_has_its_sentence() -> None:
    states = [*microscope.BUSY, *microscope.STANDS, *microscope.KEPT]
    assert len(states) == len(set(states)) and set(states) == {None, *State}


@pytest.mark.parametrize("page", PAGES)
def test_closed_it_asks_nothing(visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    fake._seconds = 600.0
    asked: list[object] = []
    monkeypatch.setattr(fake_step, "answer", lambda *given: asked.append(given))
    app = visit(page)
    app.button(key="train").click().run()
    app.button(key="pause").click().run()
    app.run()
    assert microscope.TITLE in [expander.label for expander in app.expander]
    assert "onestep" not in parts(app) and not asked


def on(app: AppTest) -> AppTest:
    """The page with the fold open."""
    app.session_state["microscope"] = True
    return app.run()


def said(app: AppTest, words: str) -> bool:
    return any(words in text.value.replace("\\", "") for text in (*app.markdown, *app.caption))


@pytest.mark.parametrize("page", [*PAGES, "next_sentence", "spans", "attention_maps"])
def test_a_recording_opens_on_its_first_step_which_is_the_runs_own(visit: Visit, page: str) -> None:
    app = on(visit(page))
    given = parts(app)["onestep"]
    assert given["next"] == given["batch"] == 1 and given["trail"] == [0, 1]
    assert said(app, "No step is left where the slider stands") and said(app, "step for step what the run did")
    assert app.button(key="begin_again").disabled


def test_a_copy_takes_its_steps_with_the_same_texts_and_begins_again(visit: Visit) -> None:
    app = on(visit())
    for taken in (1, 2):
        old = parts(app)["onestep"]["texts"][0]["targets"][0]["trail"]
        app.button(key="take_step").click().run()
        given = parts(app)["onestep"]
        assert given["next"] == 1 + taken and given["batch"] == 1 and given["trail"] == [*range(taken + 2)]
        assert given["texts"][0]["targets"][0]["trail"][:-1] == old
    assert said(app, f"{FURTHEST - 2} more can be taken")
    app.button(key="own_texts").click().run()
    assert parts(app)["onestep"]["batch"] == 3
    app.button(key="begin_again").click().run()
    assert parts(app)["onestep"]["next"] == parts(app)["onestep"]["batch"] == 1


def test_so_many_steps_from_a_start_are_the_most(visit: Visit) -> None:
    app = on(visit())
    app.session_state["look"].taken = FURTHEST - 1
    app.run()
    app.button(key="take_step").click().run()
    assert parts(app)["onestep"]["next"] == FURTHEST + 1
    assert app.button(key="take_step").disabled and said(app, f"{FURTHEST} steps are the most")
    assert not app.button(key="begin_again").disabled


def test_it_opens_where_the_slider_stands_and_says_what_a_recording_does_not_keep(visit: Visit, fake: FakeEngine) -> None:
    spec = RunSpec("mlm")
    kept = fake.history(RunRef(spec.id, 0)).snapshots
    near, beside = kept[len(kept) // 2], kept[len(kept) // 2] + 1
    app = on(visit(step=str(near)))
    assert parts(app)["onestep"]["next"] == near + 1
    assert said(app, "A recording keeps weights (to three digits), not the optimisers' memories") and not said(app, "kept nearest")
    app = on(visit(step=str(beside)))
    assert parts(app)["onestep"]["next"] == near + 1 and said(app, f"kept nearest are those after step {near:,}")
    app = on(visit(step=str(kept[-2])))  # the last that has a step after it
    assert parts(app)["onestep"]["next"] == kept[-2] + 1


def test_what_nobody_has_trained_opens_on_its_first_step(visit: Visit) -> None:
    app = on(visit(seed="77", steps="60"))
    assert parts(app)["onestep"]["next"] == 1 and said(app, "Nobody has trained this yet; it starts from random weights")
    app = on(visit("before_after", seed="77"))
    assert said(app, "it starts from the parent's weights")


def test_a_run_that_is_done_opens_on_what_it_keeps(visit: Visit, fake: FakeEngine) -> None:
    fake._seconds = 0.01
    run = fake.train(preset("mlm", TextSpec()), "ann")
    app = on(visit(run=run.key, step="0"))
    assert parts(app)["onestep"]["next"] == 1 and not said(app, "No step is left")
    app = on(visit(run=run.key, step=str(fake.history(run).snapshots[3])))
    assert said(app, "A finished run keeps weights")


def test_while_the_worker_prepares_the_page_says_so_and_keeps_the_room(
    visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microscope, "PATIENCE", 0.05)
    monkeypatch.setattr(live, "PATIENCE", 0.05)
    answer, open_now = fake.answer, Event()

    def slow(run: RunRef, steps: Any, question: Any, first: bool) -> Any:
        if isinstance(question, OneStep):
            open_now.wait(20)
        return answer(run, steps, question)

    monkeypatch.setattr(fake, "answer", slow)
    app = on(visit())
    assert said(app, "Preparing step 1: a worker reads the text and makes the model") and app.button(key="take_step").disabled
    assert app.get("skeleton") and "onestep" not in parts(app)
    open_now.set()
    monkeypatch.setattr(live, "PATIENCE", 5.0)
    app.run()
    assert parts(app)["onestep"]["next"] == 1 and not app.get("skeleton")


def test_what_a_worker_cannot_prepare_is_a_sentence(visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = fake.answer
    monkeypatch.setattr(ask, "RETRY", 0.0)
    refuse(fake, monkeypatch, "this text comes with the Python package hello, which is not installed: pip install hello")
    app = on(visit())
    assert said(app, "This text comes with the Python package hello, which is not installed") and "onestep" not in parts(app)
    assert not app.get("skeleton") and not app.exception
    monkeypatch.setattr(fake, "answer", answer)
    app.button(key="open_again").click().run()
    assert parts(app)["onestep"]["next"] == 1


def test_start_opens_the_first_step_of_either_phase(visit: Visit) -> None:
    app = on(visit("story"))
    given = parts(app)["onestep"]
    assert given["next"] == 1 and given["phase"] == "pretrained"
    app.segmented_control(key="phase").set_value(microscope.PHASES[1]).run()
    given = parts(app)["onestep"]
    assert given["next"] == 1 and given["phase"] == "finetuned"
    assert said(app, "it starts from the parent's weights")


def test_the_slider_of_start_counts_on_from_phase_to_phase(visit: Visit, fake: FakeEngine) -> None:
    first, second = preset("mlm"), preset("sentiment")
    early = fake.history(RunRef(first.id, 0)).snapshots[5]
    late = fake.history(RunRef(second.id, 0)).snapshots[5]
    app = on(visit("story", step=str(early)))
    assert parts(app)["onestep"]["next"] == early + 1
    app.segmented_control(key="phase").set_value(microscope.PHASES[1]).run()
    assert parts(app)["onestep"]["next"] == 1  # the slider has not reached it
    app = on(visit("story", step=str(first.train.steps + 1 + late)))
    assert parts(app)["onestep"]["next"] == 1  # of the first phase nothing is left there
    app.segmented_control(key="phase").set_value(microscope.PHASES[1]).run()
    assert parts(app)["onestep"]["next"] == late + 1


def paused(visit: Visit, fake: FakeEngine, page: str = "masked_tokens") -> AppTest:
    """The page with the fold open, on a run that stands still."""
    fake._seconds = 600.0
    app = visit(page)
    app.session_state["microscope"] = True
    app.button(key="train").click().run()
    assert any(text.value == microscope.BUSY[State.TRAINING] for text in app.markdown)
    app.button(key="pause").click().run()
    return app


@pytest.mark.parametrize("page", PAGES)
def test_a_paused_run_is_opened_and_step_by_step_the_same_texts_get_likelier(visit: Visit, fake: FakeEngine, page: str) -> None:
    app = paused(visit, fake, page)
    first = parts(app)["onestep"]
    behind = first["next"] - 1
    assert first["batch"] == first["next"] and first["trail"] == [behind, behind + 1]
    assert app.button(key="own_texts").disabled
    for taken in (1, 2):
        before = parts(app)["onestep"]
        app.button(key="take_step").click().run()
        given = parts(app)["onestep"]
        assert given["next"] == first["next"] + taken and given["batch"] == first["batch"]
        assert given["trail"] == [*range(behind, behind + taken + 2)]
        old, new = (payload["texts"][0]["targets"][0]["trail"] for payload in (before, given))
        assert new[:-1] == old and new[-1] > old[-1]
    app.button(key="own_texts").click().run()
    assert parts(app)["onestep"]["batch"] == parts(app)["onestep"]["next"] == first["next"] + 2


def test_going_on_closes_it_and_the_next_pause_opens_the_same_texts(visit: Visit, fake: FakeEngine) -> None:
    app = paused(visit, fake)
    batch = parts(app)["onestep"]["batch"]
    app.button(key="continue").click().run()
    assert "onestep" not in parts(app)
    app.button(key="pause").click().run()
    app.run()
    given = parts(app)["onestep"]
    assert given["batch"] == batch and given["next"] >= batch


def test_a_stopped_run_can_be_looked_into_and_takes_no_step(visit: Visit, fake: FakeEngine) -> None:
    app = paused(visit, fake)
    app.button(key="stop").click().run()
    assert "onestep" in parts(app) and app.button(key="take_step").disabled
    assert any("takes no step" in text.value for text in app.markdown)


def test_someone_elses_paused_run_is_looked_into_not_moved(visit: Visit, fake: FakeEngine) -> None:
    fake._seconds = 600.0
    spec = RunSpec("mlm")
    run = fake.train(spec, "another viewer")
    fake.control(run, Command.PAUSE, "another viewer")
    app = visit(run=run.key)
    app.session_state["microscope"] = True
    app.run()
    app.run()
    before = parts(app)["onestep"]
    app.button(key="take_step").click().run()
    assert parts(app)["onestep"] == before
    assert any("Someone else started this run" in text.value for text in app.caption)


def refuse(fake: FakeEngine, monkeypatch: pytest.MonkeyPatch, sentence: str) -> None:
    answer = fake.answer

    def refused(run: RunRef, steps: Any, question: Any, first: bool) -> Any:
        if isinstance(question, OneStep):
            raise ValueError(sentence)
        return answer(run, steps, question)

    monkeypatch.setattr(fake, "answer", refused)


def test_a_refusal_is_said_in_place_of_the_picture(visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(fake, monkeypatch, "the checkpoint of this run cannot be read; let it go on, and pause it again")
    app = paused(visit, fake)
    assert "onestep" not in parts(app) and app.button(key="take_step").disabled
    assert any(text.value.startswith("The checkpoint of this run cannot be read") for text in app.markdown)


def test_what_was_open_stays_while_the_next_cannot_be_opened(visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    app = paused(visit, fake)
    before = parts(app)["onestep"]
    refuse(fake, monkeypatch, "the run has gone on to step 9 meanwhile")
    app.button(key="take_step").click().run()
    assert parts(app)["onestep"] == before
    assert any("gone on to step 9" in text.value for text in app.caption)


def test_after_the_last_step_there_is_none_to_open(visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    fake._seconds = 0.01
    spec = preset("mlm", TextSpec())
    run = fake.train(spec, "ann")
    monkeypatch.setattr(fake, "status", lambda run, viewer: Status(State.PAUSED, owner=True, still=True))
    app = visit(run=run.key)
    app.session_state["microscope"] = True
    app.run()
    assert any(text.value.startswith("All steps are taken") for text in app.markdown)
