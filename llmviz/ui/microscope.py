"""One training step under the microscope, folded out below a page: the next step of a run that stands still, before it is taken."""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from llmviz.core.questions.onestep import OneStep
from llmviz.core.run import RunRef
from llmviz.runs.engine import Command, Engine, State
from llmviz.ui import ask, lesson, live, parts, visit
from llmviz.ui.live import Seen
from llmviz.views import onestep as view

TITLE = "One training step under the microscope"
STANDS = (State.PAUSED, State.STOPPED)  # states in which a run keeps all it needs for its next step
MOST = 24  # steps of one text's way that are kept
HOW = "The step it would take next opens here, before it is taken."
WHY_NOT = {
    None: f"Press *Train live*, then *Pause*. {HOW}",
    State.RECORDED: f"A recording keeps weights and no optimiser, so there is no step to take. Press *Train live*, then *Pause*. {HOW}",
    State.QUEUED: f"This run waits for its turn. *Pause* it once it trains. {HOW}",
    State.STARTING: f"This run is about to begin. *Pause* it once it trains. {HOW}",
    State.TRAINING: f"Press *Pause*. {HOW}",
    State.DONE: "This run has taken its last step, and a run that is done keeps no optimiser. "
    f"Press *Train live* for another, and *Pause* on its way. {HOW}",
    State.INTERRUPTED: f"Press *Continue*, then *Pause*. {HOW}",
    State.FAILED: f"Press *Continue*, then *Pause*, before it fails again. {HOW}",
}
REFUSED = "microscope_refused"


@dataclass
class _Look:
    """What this visitor looks at: the run, the step in whose batch the texts are (0 before the first is open), and what is drawn.

    `drawn` is of the texts of a batch at a step of the run, which `at` names.
    """

    run: RunRef
    batch: int = 0
    at: tuple[int, int] = (0, 0)
    drawn: dict[str, Any] = field(default_factory=dict)


def fold(engine: Engine, seen: Seen) -> None:
    """Draw the fold; nothing is asked of a run while it is closed."""
    with st.container(key="microscope_area"):
        opened = st.expander(TITLE, key="microscope", on_change="rerun")  # with another title it would close
        if opened.open:
            with opened:
                st.fragment(lambda: _draw(engine, seen), run_every=live.EVERY if seen.under_way else None, key="step")()


def _draw(engine: Engine, seen: Seen) -> None:
    now = live.look(engine, seen.run) if seen.under_way else seen
    state = now.status.state if now.status else None
    if now.run is None or now.status is None or state not in STANDS:
        st.markdown(WHY_NOT[state])
        return
    spec, step = visit.current().spec, now.history.step
    if step >= spec.train.steps:
        st.markdown("All steps are taken. Press *Continue* for the last measurements; there is no step left to open.")
        return
    look = _look(now.run)
    batch = min(look.batch or step + 1, step + 1)
    asked = ask.answers(engine, now.run, [step] if now.status.still else [], OneStep(batch), now.patience, slot="step")
    for old in sorted(asked.known)[:-MOST]:
        del asked.known[old]
    if step in asked.known and look.at != (batch, step):
        behind = {known: answer for known, answer in asked.known.items() if known <= step}  # a run that broke off goes on from before
        look.batch, look.at, look.drawn = batch, (batch, step), view.opened(behind, spec.stage)
    _buttons(engine, now, step, batch, ready=step in asked.known)
    if not look.drawn:
        st.markdown(lesson.sentence(asked.refusal) or f"Opening step {step + 1:,}, from where the run stands.")
        return
    if asked.refusal:
        st.caption(lesson.sentence(asked.refusal))
    if look.drawn["texts"]:
        parts.onestep({"group": now.run.key, **look.drawn}, key="onestep")
    else:
        st.markdown("Nothing is asked for in these texts: they have no word that the model knows.")


def _look(run: RunRef) -> _Look:
    look = st.session_state.get("look")
    if not isinstance(look, _Look) or look.run != run:
        look = st.session_state["look"] = _Look(run)
    return look


def _buttons(engine: Engine, now: Seen, step: int, batch: int, ready: bool) -> None:
    """Take the step that is open; turn to the texts of its own batch."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="microscope_row"):
        paused = now.status is not None and now.status.state is State.PAUSED
        st.button(
            f"Take step {step + 1:,}", key="take_step", type="primary", disabled=not (paused and ready), on_click=_take, args=(engine, now)
        )
        st.button(f"Texts of step {step + 1:,}", key="own_texts", disabled=batch > step or not ready, on_click=_turn, args=(now, step + 1))
        st.markdown(lesson.plain(_advice(paused, batch, step)), width="content")
    if refused := st.session_state.pop(REFUSED, ""):
        st.caption(lesson.sentence(refused))


def _advice(paused: bool, batch: int, step: int) -> str:
    if not paused:
        return "A stopped run takes no step; Continue, then Pause."
    if batch > step:
        return "The run learns from these texts when the step is taken; they stay here and are measured again."
    return "Take more steps and see whether the same texts get easier."


def _take(engine: Engine, now: Seen) -> None:
    assert now.run is not None
    try:
        engine.control(now.run, Command.STEP, visit.viewer())
    except ValueError as problem:
        st.session_state[REFUSED] = str(problem)


def _turn(now: Seen, batch: int) -> None:
    assert now.run is not None
    _look(now.run).batch = batch
