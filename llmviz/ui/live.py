"""The live panel: sentence, candidates and curves of one run, drawn again while it trains.

It is the one fragment of a page and stays short, for a click on a word waits behind it. Buttons stand outside, where they work at once.
"""

from dataclasses import dataclass
from typing import cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from llmviz.core.catalogue import Stage
from llmviz.core.history import History
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs.engine import UNDER_WAY, Engine, State, Status
from llmviz.ui import ask, lesson, parts, sentence, states, visit
from llmviz.views import curve as curves
from llmviz.views import tokens as view
from llmviz.views.tokens import Shown

EVERY = 0.4  # seconds between two drawings while something happens
SELDOM = 3.0  # and where nothing does, but another viewer may let the run go on
PATIENCE = 0.2  # seconds for which a drawing waits for the model's answer, before it goes on without
STRIP_NOTE = "bar under a word: how probable the model finds it where it stands"
NO_CANDIDATES = "There is no answer to this sentence; the line above says why."
INVITATION = "Click a word to hide it. The model will guess it from both sides."


@dataclass(frozen=True)
class Seen:
    """A run as it was when the page looked: which, in what state, what it has said."""

    run: RunRef | None
    status: Status | None
    history: History

    @property
    def under_way(self) -> bool:
        """Whether anything will still happen by itself."""
        return self.status is not None and self.status.state in UNDER_WAY


@dataclass(frozen=True)
class Guess:
    """What the snapshots of a run put in the gaps, or why there is no answer."""

    hidden: tuple[int, ...]
    answers: dict[int, Shown]
    refusal: str = ""


def look(engine: Engine, run: RunRef | None) -> Seen:
    """The run as it is now."""
    if run is None:
        return Seen(None, None, History())
    return Seen(run, engine.status(run, visit.viewer()), engine.history(run))


def panel(engine: Engine, stage: Stage, seen: Seen, line: DeltaGenerator) -> None:
    """Draw the panel, and again every now and then while the run is under way; the whole page where its badge or its buttons change.

    The state of the run is written into `line`, which the page keeps elsewhere.
    """
    every = EVERY if seen.under_way else SELDOM if seen.status and seen.status.state in states.GOES_ON else None

    def draw() -> None:
        now = look(engine, seen.run) if every else seen
        _draw(engine, stage, now, line)
        if _frame(now) != _frame(seen):
            st.rerun()

    st.fragment(draw, run_every=every, key="live")()


def _draw(engine: Engine, stage: Stage, seen: Seen, line: DeltaGenerator) -> None:
    address = visit.current()
    text, hidden = sentence.shown(address)
    tokens, strange = ask.read(engine, seen.run, text)
    shared = {"group": seen.run.key if seen.run else address.spec.id, "step": address.step, "visit": visit.number()}

    above = st.container(key="strip_area")
    left, right = st.columns([0.37, 0.63], gap="large")
    with right, st.container(key="curve_area"):  # first, because it need not wait for the model's answer
        steps = seen.history.begin.steps if seen.history.begin else address.spec.train.steps
        drawn = curves.curve(seen.history, stage, steps, live=seen.under_way)
        parts.curve({**shared, **drawn, "empty": _nothing(seen)}, key="curve", on_step=_let_go)

    beyond = tokens and any(place >= len(tokens) for place in hidden)
    hidden = tuple(place for place in hidden if place < len(tokens))
    guess = _guess(engine, seen, text, hidden) if tokens else Guess(hidden, {})
    notes = [visit.problems().get("hide", ""), guess.refusal, strange]
    if beyond:
        notes.append(f"The sentence has {len(tokens)} tokens; there is nothing to hide beyond them.")
    note = " ".join(filter(None, notes)) or (STRIP_NOTE if guess.answers and not address.lecture else "")
    with above:
        parts.token_strip({**shared, **view.strip(tokens, guess.hidden, guess.answers, note)}, key="strip", on_hidden=sentence.hide)
    with left, st.container(key="bars_area"):
        empty = INVITATION if tokens else "Type a sentence, or take one of those suggested."
        if tokens and not guess.answers and (hidden or guess.refusal):
            empty = NO_CANDIDATES if guess.refusal else "The candidates appear here as soon as there is a trained model."
        groups = view.bars(tokens, guess.hidden if guess.answers else (), guess.answers, empty)
        parts.bars({**shared, **groups}, key="bars")
    line.markdown(_state(seen, address.spec))


_TONES = {"busy": "blue", "still": "gray", "good": "green", "bad": "orange"}


def _state(seen: Seen, spec: RunSpec) -> str:
    if seen.status is None:
        return ":gray[●] nothing has been trained with these settings on this machine"
    said = states.line(seen.status, seen.history, spec)
    return f":{_TONES[said.tone]}[●] {lesson.plain(said.text)}"


def _guess(engine: Engine, seen: Seen, text: str, hidden: tuple[int, ...]) -> Guess:
    """What the run makes of the sentence; while that is awaited, what it made of the words hidden before."""
    if seen.run is None or not seen.history.snapshots:
        return Guess(hidden, {})
    asked = ask.answers(engine, seen.run, seen.history.snapshots, text, hidden, PATIENCE if seen.under_way else None)
    before = st.session_state.get("guess")
    if asked.pending and not asked.known and before and before[0] == (seen.run, text):
        return cast(Guess, before[1])
    refusal = f"{asked.refusal[:1].upper()}{asked.refusal[1:].rstrip('.')}." if asked.refusal else ""
    guess = Guess(hidden, asked.known, refusal)
    st.session_state["guess"] = ((seen.run, text), guess)
    return guess


def _nothing(seen: Seen) -> str:
    if seen.status is None:
        return "No model yet. Press Train live and watch one learn."
    if seen.status.state is State.QUEUED:
        return "Waiting for its turn."
    return "Getting ready." if seen.under_way else "It ended before its first step."


def _let_go(step: int) -> None:
    visit.change(step=None if step < 0 else int(step))


def _frame(seen: Seen) -> tuple[object, ...]:
    """What the rest of the page, its badge and its buttons, depends on."""
    return (seen.status and seen.status.state, seen.status and seen.status.owner, seen.history.begin)
