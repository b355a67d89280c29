"""The picture of *Spans*: the sentence to cut words out of, what the model reads and writes, what else fits, the curve."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import streamlit as st

from llmviz.core.settings import SpanSpec, check, setting
from llmviz.core.texts import TEXTS
from llmviz.experiments.span_corruption import view
from llmviz.experiments.span_corruption.question import Fill, Filled
from llmviz.runs.engine import Engine
from llmviz.text import spans
from llmviz.ui import ask, live, parts, question, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import tokens, words
from llmviz.views.reveal import Reveal
from llmviz.views.tokens import sentinel

BEAMS, CUTS = "beam_choice", "cuts"
WAYS = {1: "greedy", 4: "4 beams"}
STRIP_NOTE = "Click words to cut them out; neighbours form one span."
INVITATION = "Click a word to cut it out. The model will say what stood there."
NO_ANSWER = "There is no answer to this sentence; the line above says why."
NOT_YET = "The answer appears here as soon as there is a trained model."
LONGEST = 42  # words of Tinyland's longest text
# Two rows of tokens more than on other pages: bars and curve give way.
SHORTER = "<style>html { --tall: 15.6rem; } .st-key-strip_area { min-height: 0; }</style>"


@dataclass(frozen=True)
class Writing:
    """How the model chooses what it writes."""

    beams: int = setting(
        1, "Beams", "How many likeliest answers are followed at once; 1 takes the likeliest token each time.", low=1, high=6
    )

    def __post_init__(self) -> None:
        check(self)


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the sentence and the gaps in the address."""
    address = visit.current()
    text, hidden = sentence.shown(address)
    given, strange = ask.read(engine, seen.run, text)
    hidden = tuple(place for place in hidden if place < len(given))
    shared = live.shared(seen)
    st.html(SHORTER)

    above = st.container(key="strip_area")
    between = st.container(key="written_area")
    left, right = st.columns([0.37, 0.63], gap="large")
    with right:
        live.curve(seen)  # first, because it need not wait for the model's answer

    answers, refusal = _filled(engine, seen, text, hidden)
    note = " ".join(filter(None, (visit.problems().get("hide", ""), refusal, _beyond(hidden, len(given)), strange))) or STRIP_NOTE
    with above:
        parts.token_strip(tokens.strip(given, hidden, {}, note), shared, key="strip", on_hidden=sentence.hide)
    withheld = question.withheld(_key(address.spec.text.name))
    empty = sentence.EMPTY if not given else INVITATION if not hidden else NO_ANSWER if refusal else NOT_YET
    with between:
        parts.written(view.written(answers, empty, withheld), shared, key="written")
    with left, st.container(key="bars_area"):
        parts.bars(view.bars(answers, empty, withheld), shared, key="bars")


def _beyond(hidden: tuple[int, ...], count: int) -> str:
    """A word on gaps that training never makes: too many, whose sentinels are as they were at random, or all there is. Empty otherwise."""
    if count and len(hidden) == count:
        return "All is cut out: there is nothing left to guess from."
    objective: SpanSpec = visit.current().spec.objective
    _, trained = spans.amounts(LONGEST, objective.density, objective.span_length)
    wanted = len(spans.gaps(np.isin(np.arange(max(hidden, default=0) + 1), hidden)))
    return f"These are {wanted} gaps; training never makes more than {trained}." if wanted > trained else ""


def _filled(engine: Engine, seen: Seen, text: str, hidden: tuple[int, ...]) -> tuple[dict[int, Filled], str]:
    """What the snapshots write, by step, or why there is no answer; while that is awaited, what they wrote in the gaps before."""
    if seen.run is None or not seen.history.snapshots or not hidden:
        return {}, ""
    asked = ask.answers(engine, seen.run, seen.history.snapshots, Fill(text, hidden, _beams()), seen.patience, slot="spans")
    before = st.session_state.get("filled")
    if asked.pending and not asked.known and before and before[0] == (seen.run, text, hidden):
        return cast(dict[int, Filled], before[1]), ""
    st.session_state["filled"] = ((seen.run, text, hidden), asked.known)
    return asked.known, words.sentence(asked.refusal)


def _beams() -> int:
    found = visit.current().view
    assert isinstance(found, Writing)
    return found.beams


def row(engine: Engine, seen: Seen) -> None:
    """Draw the button that cuts at random, as training does, and the choice of how the model writes."""
    text, _ = sentence.shown(visit.current())
    count = len(ask.read(engine, seen.run, text)[0])
    st.session_state[BEAMS] = _beams()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="spans_row"):
        st.button(
            "Cut at random",
            key="cut",
            disabled=count < 2,
            on_click=_cut,
            args=(count,),
            help="Spans as training cuts them out, other ones each time.",
        )
        st.segmented_control(
            "How it writes: greedy takes the likeliest token each time, beams follow several answers at once",
            sorted({*WAYS, _beams()}),
            key=BEAMS,
            format_func=lambda beams: WAYS.get(beams, f"{beams} beams"),
            required=True,
            label_visibility="collapsed",
            on_change=lambda: visit.set(beams=st.session_state[BEAMS]),
        )


def _cut(count: int) -> None:
    objective: SpanSpec = visit.current().spec.objective
    st.session_state[CUTS] = st.session_state.get(CUTS, 0) + 1
    rng = np.random.default_rng(st.session_state[CUTS])
    sentence.hide(np.flatnonzero(spans.draw(count, objective.density, objective.span_length, rng)).tolist())


def quiz(engine: Engine, seen: Seen, text: str) -> None:
    """Draw the question of the page; it is about the spans of the text's own sentence."""
    asked = TEXTS[text]
    words = asked.spanned.split()
    cut = spans.gaps(np.isin(np.arange(len(words)), asked.spans))
    truth = [" ".join(words[first:behind]) for first, behind in cut]
    ended = seen.ended

    def reveal() -> Reveal | None:
        assert seen.run is not None
        try:
            [last] = engine.answer(seen.run, seen.history.snapshots[-1:], Fill(asked.spanned, asked.spans), visit.teaches())
        except ValueError:
            return None
        return view.guessed(last)

    told = " ".join(_told(words, cut))
    question.draw(f"“{told}”:", view.quiz(truth), _key(text), reveal if ended else None, "There is no answer now.")


def _key(text: str) -> str:
    """The key of the question."""
    return f"quiz_span_{text}"


def _told(words: list[str], cut: list[spans.Gap]) -> list[str]:
    """The words with a label in place of each span."""
    found = list(words)
    for number, (first, behind) in reversed(list(enumerate(cut))):
        found[first:behind] = [sentinel(number)]
    return found
