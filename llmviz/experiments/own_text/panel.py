"""The picture of *Your own text*: what three models write after one beginning, the curve, what each needs for the text; a closer look."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core.history import Curve
from llmviz.core.lesson import Lesson
from llmviz.core.questions.generation import Generate
from llmviz.core.settings import check, setting
from llmviz.experiments.own_text import EXPERIMENT, amount_panel, view
from llmviz.experiments.own_text.view import Row
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, parts, replied, sentence, visit
from llmviz.ui.beside import beside, train
from llmviz.ui.closer import Tab, chosen, network
from llmviz.ui.live import Seen
from llmviz.views import words
from llmviz.views.sides import Side

NEXT = "own-labels"  # the page that goes on with its model
TOKENS = 28  # of a continuation: two lines of a row
TEMPERATURE = 0.8


@dataclass(frozen=True)
class Looking:
    """What the visitor looks into, and which random numbers decide what is written; 0 takes the likeliest token each time."""

    tab: str = chosen("amount", "network")
    draw: int = setting(1, "Seed", "Which random numbers decide what is written; 0 takes the likeliest each time.", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not, and a seed that is none."""
        check(self)


def examples(text: str) -> Lesson:
    """The page with beginnings to try from this text."""
    tried = {read: view.suggestions(text, read) for read in EXPERIMENT.texts}
    return replace(EXPERIMENT.lesson, examples=tried)


def claim(engine: Engine, seen: Seen) -> str:
    """The title of the page: what the runs it shows have come to."""
    spec = visit.current().spec
    return view.claim(spec, seen.history, beside(engine, spec).history)


def picture(engine: Engine, seen: Seen, text: str) -> None:
    """Draw it for the beginning in the address."""
    address = visit.current()
    other = beside(engine, address.spec)
    above = st.container(key="rows_area")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="draw_row"):
        st.button("Draw again", key="draw_again", help="The same beginning with other random numbers.", on_click=_again)
        st.button("Likeliest words", key="likeliest", disabled=not address.view.draw, on_click=_likeliest)
    if seen.run or other.run:  # before that an empty chart would only push the button to train out of sight
        left, right = st.container(key="reading_area").columns([0.45, 0.55], gap="large")
        with right:
            live.curve(seen, small=True)
        with left, st.container(key="needs_area"):
            st.html(f"<div class='study_table'>{view.figures(address.spec, seen.history, other.history)}</div>")
            st.caption(lesson.plain(view.told(address.spec, seen.history)))
    with above:
        _rows(engine, seen, other, text)


def _rows(engine: Engine, seen: Seen, other: Seen, text: str) -> None:
    """The beginning with what each model writes after it."""
    address = visit.current()
    beginning, _ = sentence.shown(address, examples(text))
    asked = Generate(
        beginning, TOKENS, TEMPERATURE if address.view.draw else 0.0, seed=address.view.draw, top=1
    )  # of candidates nothing is shown
    passages = view.learnt(text, address.spec.objective.passages)
    third = view.third(address.spec, bool(other.run and other.history.snapshots), other.under_way)
    first, second = view.sides(address.spec, passages, live.untold(seen))
    after, refusal = _row(engine, seen, second, asked, "after")
    beside_it, _ = _row(engine, other, third, asked, "third")
    if seen.run is not None and seen.history.snapshots:
        before = replace(after, side=replace(first, empty=after.side.empty))
    else:
        before, refusal = _row(engine, _start(engine), replace(first, pinned="last"), asked, "before")
        before = replace(before, loss=Curve())  # that of its own text
    drawn = view.written(beginning, [before, after, beside_it], refusal or view.NOTE)
    parts.replies(drawn, live.shared(seen), key="replies", on_action=lambda _: train(engine, address.spec))


def _start(engine: Engine) -> Seen:
    """The run that this one starts from, as it ended; nothing of a random start."""
    address = visit.current()
    if address.spec.parent is None:
        return live.look(engine, None)
    return replied.last(live.look(engine, address.parent) if address.parent else live.latest(engine, address.spec.parent))


def _row(engine: Engine, seen: Seen, side: Side, asked: Generate, slot: str) -> tuple[Row, str]:
    """One model's row, and why it has nothing to say."""
    if seen.run is None or not seen.history.snapshots:
        return Row(side, {}), ""
    found = ask.answers(engine, seen.run, seen.history.snapshots, asked, seen.patience, slot)
    loss = seen.history.scores.get("loss", Curve())
    if found.refusal:
        return Row(replace(side, empty="Nothing can be written after this; the line below says why."), {}), words.sentence(found.refusal)
    return Row(replace(side, empty="It is being written.", action=""), found.known, loss), ""


def further(seen: Seen) -> dict[str, str]:
    """The address of a run that goes on from this one: from the very run where it has ended, otherwise from one with its settings."""
    spec = visit.current().spec
    return {"text": spec.text.name, "parent": seen.run.key if seen.run and seen.ended else EXPERIMENT.name}


def _again() -> None:
    visit.set(draw=visit.current().view.draw % (2**31 - 1) + 1)


def _likeliest() -> None:
    visit.set(draw=0)


def tabs(text: str) -> Mapping[str, Tab]:
    """What can be looked into, for this text."""
    most = view.learnt(text, amount_panel.COUNTS[-1])
    return {
        "amount": Tab("How much text?", amount_panel.of(most), always=True),
        "network": Tab("The network", network),
    }
