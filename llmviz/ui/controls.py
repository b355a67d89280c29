"""The buttons of a run: train, pause, one step, stop, speed; below them its state, what is trained, and where to change it."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from llmviz.core.experiment import Experiment
from llmviz.core.run import RunRef
from llmviz.runs.engine import ENDED, UNDER_WAY, Command, Engine, Slow, State
from llmviz.ui import code, form, lesson, share, visit
from llmviz.ui.live import Seen
from llmviz.ui.states import GOES_ON
from llmviz.views import words

SPEEDS = {"full": 0.0, "slow": 0.1, "slower": 0.5}  # seconds of waiting before each step
SPEED, REFUSED = "speed", "refused"
GIVEN = "somebody has trained exactly this already, so you were given their run; press Train live again to see it trained anew"


def row(engine: Engine, seen: Seen, missing: str = "") -> None:
    """Draw the buttons. A refusal of the engine is said below them, and so is what is `missing` before anything can be trained."""
    state = seen.status.state if seen.status else None
    at_work = state in (State.TRAINING, State.PAUSED)

    def button(label: str, key: str, enabled: bool, action: Callable[[], None], **looks: str) -> None:
        st.button(label, key=key, disabled=not enabled, on_click=attempt, args=(action,), **looks)  # type: ignore[arg-type] # an icon, a type: all text

    def order(command: Command) -> Callable[[], None]:
        return lambda: engine.control(_run(seen), command, visit.viewer())

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="training_row"):
        train = {"type": "primary", "icon": ":material/play_arrow:", "shortcut": "Ctrl+Enter"}
        button("Train live", "train", not seen.under_way and not missing, lambda: _train(engine), **train)
        if state is State.PAUSED:
            button("Continue", "continue", True, order(Command.CONTINUE))
        elif state in GOES_ON:
            button("Continue", "resume", True, lambda: engine.resume(_run(seen), visit.viewer()))
        else:
            button("Pause", "pause", state is State.TRAINING, order(Command.PAUSE))
        button("One step", "one_step", at_work, lambda: _one_step(engine, seen))
        button("Stop", "stop", state in UNDER_WAY, order(Command.STOP))
        _speed(engine, seen, enabled=at_work)
    refused = st.session_state.pop(REFUSED, "") or missing
    if refused:
        with st.container(key="refused"):
            st.warning(lesson.sentence(refused), icon=":material/info:")


def facts(stage: Experiment, seen: Seen) -> DeltaGenerator:
    """Draw the line below: what is trained, and the ways to change and to read it. Returns the place left for the state of the run."""
    spec = visit.current().spec
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="facts_row"):
        place = st.container(width="stretch", key="state")
        st.markdown(words.recipe(spec), width="content")
        if st.button("Change", type="tertiary", key="change", disabled=seen.steered):
            form.ask(stage)
        if st.button("Show the code", type="tertiary", key="code"):
            code.show(spec)
        share.draw(seen.run, visit.page())
    return place


def _speed(engine: Engine, seen: Seen, enabled: bool) -> None:
    delay = seen.status.delay if seen.status else 0.0
    st.session_state[SPEED] = min(SPEEDS, key=lambda name: abs(SPEEDS[name] - delay))
    st.segmented_control(
        "Speed",
        list(SPEEDS),
        key=SPEED,
        required=True,
        disabled=not enabled,
        label_visibility="collapsed",
        on_change=attempt,
        args=(lambda: engine.control(_run(seen), Slow(SPEEDS[st.session_state[SPEED]]), visit.viewer()),),
    )


def _train(engine: Engine) -> None:
    run = engine.train(visit.current().spec, visit.viewer(), named=visit.named())
    visit.change(run=run, step=None)
    if engine.status(run, visit.viewer()).state in ENDED:
        st.session_state[REFUSED] = GIVEN


def _one_step(engine: Engine, seen: Seen) -> None:
    if seen.status and seen.status.state is State.TRAINING:
        engine.control(_run(seen), Command.PAUSE, visit.viewer())
    engine.control(_run(seen), Command.STEP, visit.viewer())


def _run(seen: Seen) -> RunRef:
    if seen.run is None:
        raise ValueError("there is no run to control")
    return seen.run


def attempt(action: Callable[[], object]) -> None:
    """Do what a button asks for. A refusal of the engine is said below the buttons of the run."""
    try:
        action()
    except ValueError as problem:
        st.session_state[REFUSED] = str(problem)
