"""The picture of *Four exercises*: one sentence as exercises for four recorded models, what these say, and what texts give on average."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from llmviz.core.drawn import Drawn
from llmviz.core.questions.exercise import KINDS, Solved
from llmviz.core.settings import check, setting
from llmviz.core.spec import preset
from llmviz.experiments.four_exercises import LESSON, view
from llmviz.experiments.four_exercises.view import Control
from llmviz.parts.shared.payload import Shared
from llmviz.runs.engine import Engine
from llmviz.text import exercises
from llmviz.text.tokenizers import Piece, pieces, sentinel, spelling
from llmviz.ui import ask, code, lesson, live, parts, question, sentence, visit
from llmviz.ui.live import Seen
from llmviz.ui.states import Badge
from llmviz.views import words
from llmviz.views.reveal import Reveal

MOST = 40  # tokens of a text that are drawn: more cannot be told apart on one screen
COUNTED = 1_000  # texts that the averages are of
PATIENCE = 0.5  # seconds the page waits for the models before it is drawn without them
ROLLS = 9_999
GAINED = "quiz_exercises"
ONLY = "The four exercises are drawn in Tinyland, which all four models read."
WAITS = "asking the model …"
NO_MODEL = "There is no recorded model to ask."


@dataclass(frozen=True)
class Choice:
    """How the exercises are drawn; the rates are at first those of the recorded trainings."""

    roll: int = setting(5, "Roll", "Another number draws other exercises from the same text.", low=1, high=ROLLS)
    rate: float = setting(view.MASK_RATE, "Mask rate", "Share of the tokens that MLM asks for.", low=0.05, high=0.9)
    noise: float = setting(view.SPANS.density, "Hidden", "Share of the tokens that are cut out in spans.", low=0.05, high=0.9)
    length: float = setting(view.SPANS.span_length, "Span length", "Mean number of tokens in a span.", low=1.0, high=5.0)
    second: str = setting("roll", "Second part", "Whether it follows: by the roll, or always or never.", choices=tuple(view.WAYS))

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Lane:
    """One exercise: the run that is asked, what was drawn, or why there is nothing, and what the model's snapshots say of it so far."""

    kind: str
    seen: Seen
    drawn: Drawn | None
    answers: dict[int, Solved]
    empty: str = ""
    pending: bool = False
    strange: str = ""
    tokens: int = 0

    @property
    def shares(self) -> list[int]:
        """How far the kept snapshots are trained, in percent."""
        return [view.percent(step, preset(self.kind).train.steps) for step in sorted(self.answers)]


def settle() -> None:
    """Leave out of the address what this page cannot show: other texts, other runs."""
    address = visit.current()
    if address.spec != preset(visit.stages()[0]) or address.run:
        visit.correct("text", ONLY, spec=preset(visit.stages()[0]), run=None)


def look(engine: Engine, patience: float = PATIENCE) -> list[Lane]:
    """The four exercises of the sentence in the address, and what the models say of them, as far as it is known by now."""
    until = time.monotonic() + patience
    found = []
    for kind in KINDS:
        spec = preset(kind)
        seen = live.latest(engine, spec)
        found.append(_lane(engine, kind, seen, 0.0))
    if not any(lane.pending for lane in found):
        return found
    return [
        _lane(engine, lane.kind, lane.seen, max(0.0, until - time.monotonic())) for lane in found
    ]  # all are asked before one is awaited


def _lane(engine: Engine, kind: str, seen: Seen, patience: float) -> Lane:
    if seen.run is None or not seen.history.snapshots:
        return Lane(kind, seen, None, {}, NO_MODEL)
    text, _ = sentence.shown(visit.current(), LESSON)
    _, strange = ask.read(engine, seen.run, text)
    try:
        count, drawn = _drawn(engine, kind, seen, text)
    except ValueError as problem:
        return Lane(kind, seen, None, {}, words.sentence(str(problem)), strange=strange)
    asked = ask.answers(engine, seen.run, seen.history.snapshots, drawn.asked, patience, slot=f"exercise {kind}")
    empty = words.sentence(asked.refusal)
    return Lane(kind, seen, drawn, asked.known, empty, asked.pending, strange, count)


def _drawn(engine: Engine, kind: str, seen: Seen, text: str) -> tuple[int, Drawn]:
    """How many tokens the text has, and its exercise. Raises ValueError, in a sentence, where there is no such exercise in it."""
    choice: Choice = visit.current().view
    assert seen.run is not None
    tokenizer = ask.tokenizer_of(engine, seen.run)
    whole = pieces(tokenizer, text)
    read: list[Piece] = whole[:MOST]
    rng = np.random.default_rng((choice.roll, KINDS.index(kind)))
    makers: dict[str, Callable[[], Drawn]] = {
        "mlm": lambda: exercises.masked(read, choice.rate, spelling(tokenizer), rng),
        "clm": lambda: exercises.causal(read),
        "nsp": lambda: exercises.pair(read, text, choice.second, choice.roll, lambda other: pieces(tokenizer, other), rng),
        "span": lambda: exercises.cut(read, choice.noise, choice.length, sentinel(tokenizer), rng),
    }
    return len(whole), makers[kind]()


def badge(lanes: list[Lane]) -> Badge:
    """Whose answers these are."""
    there = [lane.seen for lane in lanes if lane.seen.run]
    if len(there) < len(KINDS):
        return Badge(f"{len(there)} of {len(KINDS)} models here", "random")
    return Badge(f"four recorded runs · {words.duration(sum(seen.history.seconds for seen in there))} of training", "pretrained")


def row(lanes: list[Lane]) -> None:
    """Draw the button that rolls again, the slider through the trainings, and the way to the script."""
    address = visit.current()
    choice: Choice = address.view
    with st.container(key="roll_row", horizontal=True, vertical_alignment="center", gap="medium"):
        st.button(
            "Roll again",
            key="roll",
            icon=":material/casino:",
            help="Draw other exercises from the same text, by chance, as training does each time it meets it.",
            on_click=lambda: visit.set(roll=choice.roll % ROLLS + 1),
        )
        st.markdown(f":gray[roll {choice.roll:,}]", width="content")
        with st.container(key="trained_area"):
            parts.trained({"shares": view.trained([lane.shares for lane in lanes])}, _shared(), key="trained", on_step=live.let_go)
        if not address.lecture and st.button("Show the code", key="code", type="tertiary"):
            text, _ = sentence.shown(address, LESSON)
            code.exercises(text, choice.roll, (choice.rate, choice.noise, choice.length), choice.second, MOST)


def panel(engine: Engine, lanes: list[Lane]) -> None:
    """Draw the exercises, and again while an answer is on its way; then the whole page, for its slider, and where something was set."""
    every = live.EVERY if any(lane.pending for lane in lanes) else None
    address = visit.current()

    def drawn() -> None:
        if visit.current() != address:
            st.rerun()
        now = look(engine, live.PATIENCE) if every else lanes
        if every and not any(lane.pending for lane in now):
            st.rerun()
        _picture(now)

    st.fragment(drawn, run_every=every, key="live")()


def _picture(lanes: list[Lane]) -> None:
    withheld = question.withheld(GAINED)
    with st.container(key="lanes_area", gap=None):
        for lane in lanes:
            waits = WAITS if lane.pending and not lane.answers else ""
            steps = preset(lane.kind).train.steps
            payload = view.lane(lane.kind, lane.drawn, lane.answers, steps, _controls(lane.kind), lane.empty, waits)
            with st.container(key=f"{lane.kind}_area"):
                parts.lane(
                    {**payload, "withheld": withheld if lane.kind in view.COMPARED else ""},
                    _shared(),
                    key=f"lane_{lane.kind}",
                    on_set=_set,
                )
        note = _note(lanes)
        if note:
            st.caption(lesson.plain(note))


def _note(lanes: list[Lane]) -> str:
    """What there is to say of the sentence, and what the rows mean."""
    strange = next((lane.strange for lane in lanes if lane.strange), "")
    longest = max(lane.tokens for lane in lanes)
    beyond = f"The text has {longest:,} tokens; the exercises are drawn from its first {MOST}." if longest > MOST else ""
    size = next((lane.seen.history.begin.vocabulary for lane in lanes if lane.seen.history.begin), 0)
    legend = view.legend(size) if size and not visit.current().lecture else ""
    return " ".join(filter(None, (beyond, strange, legend)))


def _shared() -> Shared:
    """What all parts of the page carry, so that they move together."""
    address = visit.current()
    return {"group": "exercises", "step": address.step, "visit": visit.number(), "origin": words.origin(address.spec)}


def _controls(kind: str) -> list[Control]:
    choice: Choice = visit.current().view
    return {
        "mlm": [Control("rate", "mask rate", choice.rate, 0.05, 0.9, 0.05, percent=True)],
        "nsp": [Control("second", "second part", choice.second, choices=view.WAYS)],
        "span": [
            Control("noise", "hidden", choice.noise, 0.05, 0.9, 0.05, percent=True),
            Control("length", "mean length", choice.length, 1.0, 5.0, 0.5),
        ],
    }.get(kind, [])


def _set(told: dict[str, Any]) -> None:
    visit.change(view=replace(visit.current().view, **{str(told["name"]): told["value"]}))


def predict() -> None:
    """Ask, before it is counted, how many more targets one exercise gets out of the same texts."""

    def revealed() -> Reveal:
        return view.gained(_targets(), COUNTED)

    question.draw(question.GUESS, view.GAINED, GAINED, revealed)


def _targets() -> dict[str, float]:
    """The targets of a text, on average, by kind, at the rates of the page."""
    return {kind: found.targets for kind, found in _harvest().items()}


def _harvest() -> dict[str, exercises.Harvest]:
    choice: Choice = visit.current().view
    return exercises.harvest(COUNTED, choice.rate, choice.noise, choice.length)


def below() -> None:
    """Draw what a word means, and how many targets texts give on average."""
    left, right = st.columns([0.46, 0.54], gap="large")
    with left, st.container(key="difference_area"):
        st.markdown("**Unsupervised or self-supervised?**")
        st.markdown(view.DIFFERENCE)
    with right, st.container(key="harvest_area"):
        st.html(view.table(_harvest()["clm"].tokens, _targets(), COUNTED, question.withheld(GAINED)))


def notes() -> None:
    """Draw the notes, folded."""
    with st.container(key="notes_below"), st.expander("What is shown here, and how it is measured"):
        left, right = st.columns(2, gap="large")
        left.markdown("\n\n".join(view.NOTES[:2]))
        right.markdown("\n\n".join(view.NOTES[2:]))
