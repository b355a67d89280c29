"""The panel of a study as Streamlit runs it, without a browser: started, watched, stopped, reloaded, after a restart."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core import hosting
from llmviz.core.hosting import Limits
from llmviz.core.spec import RunSpec
from llmviz.core.study import Study
from llmviz.runs import studies as background
from llmviz.runs.engine import UNDER_WAY, Command, State, Status
from llmviz.runs.jobs import STUDIES
from llmviz.runs.progress import Progress
from llmviz.ui import engine, study
from tests.ui import study_page
from tests.ui.fake_engine import FakeEngine

PAGE = str(Path(study_page.__file__))
Open = Callable[[], AppTest]
TOTAL = 2 * len(study_page.COUNTS)
PATIENCE = 20.0


@pytest.fixture
def opened(fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Open:
    """The page in a new session, as after a reload."""
    monkeypatch.setattr(background, "BEAT", 0.02)
    fake._seconds = 0.05
    return lambda: AppTest.from_file(PAGE, default_timeout=20).run()


def said(app: AppTest) -> str:
    assert not app.exception
    bars = [each.proto.text for each in app.get("progress")]
    return "\n".join([*bars, *(text.value for text in (*app.caption, *app.warning))]).replace("\\", "")


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button if button.label != "Lecture view"]


def figure(app: AppTest) -> bool:
    return bool(app.get("plotly_chart"))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def trains(each: Study) -> bool:
    return engine.studies().look(each, "somebody").state is State.TRAINING


FIRST = [each.study.first(1) for each in study_page.SERIES]


def test_before_it_was_started_the_panel_says_what_will_stand_there(opened: Open) -> None:
    app = opened()
    assert f"0 of {TOTAL} runs done" in said(app)
    assert f"Train {TOTAL} runs" in labels(app) and "Stop" not in labels(app)
    assert study.IN_BACKGROUND in said(app)  # what it takes, and its limits, before one presses
    assert not figure(app) and any(study.EMPTY in str(each.proto.body) for each in app.get("html"))


def test_it_trains_in_the_background_and_another_session_sees_it(opened: Open) -> None:
    app = opened()
    app.button(key="few_train").click().run()
    assert "Stop" in labels(app)
    until(lambda: not any(map(trains, FIRST)))
    again = opened()  # nobody's page was open meanwhile
    assert f"{TOTAL} of {TOTAL} runs done" in said(again)
    assert not labels(again) and figure(again)
    assert "median over seeds" in said(again)


def test_more_seeds_are_a_click_and_use_the_runs_there_are(opened: Open, fake: FakeEngine) -> None:
    app = opened()
    app.button(key="few_train").click().run()
    until(lambda: not any(map(trains, FIRST)))
    before = set(fake._runs)
    app.segmented_control(key="few_seeds").set_value(3).run()
    assert f"Train {2 * TOTAL} runs" in labels(app) and f"{TOTAL} of {3 * TOTAL} runs done" in said(app)
    app.button(key="few_train").click().run()
    until(lambda: not any(trains(each.study.first(3)) for each in study_page.SERIES))
    assert len({run.id for run in set(fake._runs) - before}) == 2 * TOTAL
    assert all(run.attempt == 1 for run in set(fake._runs) - before)
    reloaded = opened()
    assert reloaded.segmented_control(key="few_seeds").value == 3  # as many as were trained
    reloaded.segmented_control(key="few_seeds").set_value(1).run()
    assert f"{TOTAL} of {TOTAL} runs done" in said(reloaded)


def test_stop_and_go_on(opened: Open, fake: FakeEngine) -> None:
    fake._seconds = 60
    app = opened()
    app.button(key="few_train").click().run()
    until(lambda: any(fake._state(run) in UNDER_WAY for run in fake._runs))
    app.run()
    assert "pretrained, 2 labelled examples, seed 0: step" in said(app)
    app.button(key="few_stop").click().run()
    assert "Go on" in labels(app) and background.BY_HAND in said(app)
    assert not any(fake._state(run) in UNDER_WAY for run in fake._runs)
    fake._seconds = 0.05
    app.button(key="few_train").click().run()
    assert "Stop" in labels(app)


def test_after_a_restart_it_can_go_on(opened: Open, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    fake._seconds = 60
    opened().button(key="few_train").click().run()
    until(lambda: any(fake._state(run) in UNDER_WAY for run in fake._runs))
    engine.studies().close()  # as a server that is killed: nothing is written
    for run in fake._runs:
        if fake._state(run) in UNDER_WAY:
            fake.control(run, Command.STOP, STUDIES)
    engine.forget()
    app = opened()
    assert "Go on" in labels(app) and background.CUT_SHORT in said(app)


def test_only_who_started_it_stops_it(opened: Open, fake: FakeEngine) -> None:
    fake._seconds = 60
    opened().button(key="few_train").click().run()
    other = opened()
    assert other.button(key="few_stop").disabled


def test_runs_that_failed_are_named_with_their_sentence(opened: Open, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = FIRST[0].specs()[0]

    def failing(spec: RunSpec, viewer: str, after: object = None, owner: str = "") -> object:
        run = FakeEngine.train(fake, spec, viewer)
        if spec == broken:
            fake._runs[run].state = State.FAILED
        return run

    monkeypatch.setattr(fake, "train", failing)
    app = opened()
    app.button(key="few_train").click().run()
    until(lambda: not any(map(trains, FIRST)))
    app = opened()
    assert f"{TOTAL - 1} of {TOTAL} runs done" in said(app)
    assert "pretrained, 2 labelled examples, seed 0 failed: the disk is full" in said(app)
    assert "Try again" in labels(app)


def test_a_refusal_is_said(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "limits", lambda: Limits(studies=0))
    app = opened()
    app.button(key="few_train").click().run()
    assert "0 studies are training already" in said(app)


def test_a_parent_that_has_just_ended_still_has_its_name() -> None:
    """The page looks between its end and the moment at which the study sees it."""
    parent = FIRST[0].specs()[0].parent
    assert parent
    progress = Progress(State.TRAINING, True, "", {}, 0, {parent.id: (parent, Status(State.TRAINING))}, (), None)
    shown = study.Shown(replace(study_page.SERIES[0], study=FIRST[0]), progress)
    assert study._now([shown], study._names(shown, False)) == [f"Masked tokens, seed 0: step 0 of {parent.train.steps:,}"]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status(State.QUEUED, 1), "next in the queue"),
        (Status(State.QUEUED, 3), "in the queue, 2 runs before it"),
        (Status(State.TRAINING), "step 0 of 100"),
    ],
)
def test_how_the_run_under_way_stands(status: Status, told: str) -> None:
    spec = FIRST[0].specs()[0]
    progress = Progress(State.TRAINING, True, "", {}, 0, {spec.id: (spec, status)}, (spec,), None)
    shown = study.Shown(replace(study_page.SERIES[0], study=FIRST[0]), progress)
    assert study._now([shown], study._names(shown, False)) == [f"2 labelled examples, seed 0: {told}"]
