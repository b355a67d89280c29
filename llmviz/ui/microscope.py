"""One training step under the microscope, folded out below a page.

A run that stands still shows the step it takes next, from its checkpoint. Of a recording, of any run that has ended, and of settings that
nobody has trained yet, a worker takes steps of its own: from the start, which follows from the settings, or from the kept weights that lie
nearest to the page's slider.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.questions.onestep import FURTHEST, OneStep, Opened
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, to_json
from llmviz.parts.onestep import payload
from llmviz.runs.engine import Command, Engine, State
from llmviz.ui import ask, lesson, live, parts, visit
from llmviz.ui.live import Seen
from llmviz.views import onestep as view

TITLE = "One training step under the microscope"
STANDS = (State.PAUSED, State.STOPPED)  # states in which a run keeps all it needs for its next step
KEPT = {  # states in which a worker begins again at what is kept, and what such a run is called
    None: "",
    State.RECORDED: "recording",
    State.DONE: "finished run",
    State.INTERRUPTED: "interrupted run",
    State.FAILED: "failed run",
}
HOW = "The step it would take next opens here, before it is taken."
BUSY = {
    State.QUEUED: f"This run waits for its turn. *Pause* it once it trains. {HOW}",
    State.STARTING: f"This run is about to begin. *Pause* it once it trains. {HOW}",
    State.TRAINING: f"Press *Pause*. {HOW}",
}
MOST = 24  # steps of one text's way that are kept
PATIENCE = 1.0  # seconds the page waits for a step before it says what is going on; one whose text is read already takes 0.3
TALL = 640  # pixels that the picture will have, about
REFUSED = "microscope_refused"
PHASES = ("Phase 1 · pretraining", "Phase 2 · fine-tuning")


@dataclass(frozen=True)
class Subject:
    """What is looked at: a run as the page saw it, or none, what it trains, and the step at which the slider stands (None: the end)."""

    seen: Seen
    spec: RunSpec
    slider: int | None


@dataclass(frozen=True)
class _From:
    """Where a look begins: the run, or the name that one would have, and the step it begins again at (None: at its checkpoint)."""

    run: RunRef
    start: int | None


@dataclass
class _Look:
    """What this visitor looks at.

    Attributes:
        begins: where the look begins.
        taken: steps taken since, where it begins again.
        batch: the step in whose batch the texts are; 0 before the first is open.
        drawn: the picture, of the texts of a batch at a step, which `at` names.
    """

    begins: _From
    taken: int = 0
    batch: int = 0
    at: tuple[int, int] = (0, 0)
    drawn: payload.OneStep | None = None


@dataclass(frozen=True)
class _Opening:
    """A subject as it is now, its look, the steps behind the one to open, and what is known of that."""

    subject: Subject
    look: _Look
    step: int
    batch: int
    asked: ask.Asked[Opened]

    @property
    def ready(self) -> bool:
        """Whether the step is open."""
        return self.step in self.asked.known


def fold(engine: Engine, seen: Seen) -> None:
    """Draw the fold of a page with one run; nothing is asked of a run while it is closed."""
    _fold(engine, lambda: Subject(seen, visit.current().spec, visit.current().step))


def phases(engine: Engine, seen: Sequence[Seen], specs: Sequence[RunSpec]) -> None:
    """Draw the fold of a page with two runs and one slider over both, which counts on from the first to the second."""

    def chosen() -> Subject:
        step, join = visit.current().step, view.steps(seen[0].history, specs[0]) + 1
        if st.session_state.get("phase", PHASES[0]) == PHASES[0]:
            return Subject(seen[0], specs[0], step)
        return Subject(seen[1], specs[1], None if step is None else max(0, step - join))

    _fold(engine, chosen, _switch)


def _switch() -> None:
    st.segmented_control("Phase", PHASES, default=PHASES[0], key="phase", required=True, label_visibility="collapsed")


def _fold(engine: Engine, subject: Callable[[], Subject], choice: Callable[[], None] = lambda: None) -> None:
    with st.container(key="microscope_area"):
        opened = st.expander(TITLE, key=live.FOLLOWS, on_change="rerun")  # with another title it would close
        if opened.open:
            with opened:
                _panel(engine, subject, choice)


def _panel(engine: Engine, subject: Callable[[], Subject], choice: Callable[[], None]) -> None:
    """Draw what is open, and again while the run is under way or an answer on its way."""
    under_way, first = subject().seen.under_way, _open(engine, subject(), PATIENCE)
    every = live.EVERY if under_way or _pending(first) else None

    def drawn() -> None:
        choice()
        found = _open(engine, subject(), live.PATIENCE if every else PATIENCE)
        if isinstance(found, str):
            st.markdown(found)
        else:
            _draw(engine, found)
        if _pending(found) != bool(every) and not under_way:
            st.rerun()  # to look again, or to look no more

    st.fragment(drawn, run_every=every, key="step")()


def _pending(found: _Opening | str) -> bool:
    return isinstance(found, _Opening) and found.asked.pending


def _open(engine: Engine, given: Subject, patience: float) -> _Opening | str:
    """The step to open and what is known of it so far, or why there is none. Asks for it."""
    now = live.look(engine, given.seen.run) if given.seen.under_way else given.seen
    state, steps = now.status.state if now.status else None, given.spec.train.steps
    if state in BUSY:
        return BUSY[state]
    begun = now.run or RunRef(given.spec.id, 0)
    if state in KEPT:
        look = _look(_From(begun, view.start(now.history.snapshots, given.slider, steps)))
        step = (look.begins.start or 0) + look.taken
    else:
        look, step = _look(_From(begun, None)), now.history.step
    if step >= steps:
        return "All steps are taken. Press *Continue* for the last measurements; there is no step left to open."
    batch = min(look.batch or step + 1, step + 1)
    question = OneStep(batch, start=look.begins.start, spec="" if now.run else json.dumps(to_json(given.spec), sort_keys=True))
    may_ask = state in KEPT or (now.status is not None and now.status.still)
    asked = ask.answers(engine, begun, [step] if may_ask else [], question, patience, slot="step")
    for old in sorted(asked.known)[:-MOST]:
        del asked.known[old]
    if step in asked.known and look.at != (batch, step):
        behind = {known: answer for known, answer in asked.known.items() if known <= step}  # a run that broke off goes on from before
        look.batch, look.at, look.drawn = batch, (batch, step), view.opened(behind, catalogue.experiment(given.spec.stage))
    return _Opening(Subject(now, given.spec, given.slider), look, step, batch, asked)


def _look(begins: _From) -> _Look:
    look = st.session_state.get("look")
    if not isinstance(look, _Look) or look.begins != begins:
        look = st.session_state["look"] = _Look(begins)
    return look


def _draw(engine: Engine, found: _Opening) -> None:
    look, asked, again = found.look, found.asked, found.look.begins.start is not None
    _buttons(engine, found)
    if again:
        st.caption(lesson.plain(_basis(found)))
    if not look.drawn:
        if asked.refusal:
            st.markdown(lesson.sentence(asked.refusal))
            st.button("Try again", key="open_again")  # to press it draws again, and so asks again
            return
        st.markdown(view.preparing(found.step) if again else f"Opening step {found.step + 1:,}, from where the run stands.")
        st.skeleton(height=TALL)
        return
    if asked.refusal:
        st.caption(lesson.sentence(asked.refusal))
    if look.drawn["texts"]:
        begins = f" from {look.begins.start}" if again else ""
        parts.onestep({**look.drawn, "group": f"{look.begins.run.key}{begins}"}, key="onestep")
    else:
        st.markdown("Nothing is asked for in these texts: they have no word that the model knows.")


def _basis(found: _Opening) -> str:
    subject = found.subject
    name = KEPT[subject.seen.status.state if subject.seen.status else None]
    return view.basis(found.look.begins.start or 0, subject.slider, name, child=subject.spec.start is not None)


def _buttons(engine: Engine, found: _Opening) -> None:
    """Take the step that is open; turn to the texts of its own batch; where it began again, go back to there."""
    step, now = found.step, found.subject.seen
    left = _left(found)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="microscope_row"):
        take = f"Take step {step + 1:,}"
        st.button(take, key="take_step", type="primary", disabled=not (left and found.ready), on_click=_take, args=(engine, found))
        turned = found.batch > step
        texts = f"Texts of step {step + 1:,}"
        st.button(texts, key="own_texts", disabled=turned or not found.ready, on_click=_turn, args=(found.look, step + 1))
        if found.look.begins.start is not None:
            st.button("Begin again", key="begin_again", disabled=not found.look.taken, on_click=_begin_again, args=(found.look,))
            advice = view.advice_again(left, found.look.taken, turned)
        else:
            paused = now.status is not None and now.status.state is State.PAUSED
            advice = view.advice(paused, turned)
        st.markdown(lesson.plain(advice), width="content")
    if refused := st.session_state.pop(REFUSED, ""):
        st.caption(lesson.sentence(refused))


def _left(found: _Opening) -> int:
    """Steps that can be taken here so that another one opens; of a run that stands still 1 or 0."""
    if found.look.begins.start is None:
        status = found.subject.seen.status
        return int(status is not None and status.state is State.PAUSED)
    return min(FURTHEST - found.look.taken, found.subject.spec.train.steps - 1 - found.step)


def _take(engine: Engine, found: _Opening) -> None:
    if found.look.begins.start is not None:
        found.look.taken += 1
        return
    try:
        engine.control(found.look.begins.run, Command.STEP, visit.viewer())
    except ValueError as problem:
        st.session_state[REFUSED] = str(problem)


def _turn(look: _Look, batch: int) -> None:
    look.batch = batch


def _begin_again(look: _Look) -> None:
    look.taken = look.batch = 0
