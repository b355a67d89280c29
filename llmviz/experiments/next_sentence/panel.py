"""The picture of *Next sentence*: two parts, the answer, and the same training without the question beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from llmviz.core.address import change
from llmviz.core.history import History
from llmviz.core.settings import check
from llmviz.core.spec import RunSpec
from llmviz.experiments.next_sentence import view
from llmviz.experiments.next_sentence.question import Follows, Sequel
from llmviz.runs.engine import Engine
from llmviz.text.tinyland.sequels import chance_of_one_story
from llmviz.ui import ask, live, parts, question, states, two_texts, visit
from llmviz.ui.live import Seen
from llmviz.views import words
from llmviz.views.tokens import Token

ASKED = "asked_about"
PARTS = ("First part", "Second part")
HINTS = ("First part: a sentence or more", "Second part: a sentence or more")
PAIRS = "quiz_pairs"
WAYS = {True: "Ask about pairs too", False: "Words only"}
NOTE = "Lines: how much a word of the second part looks at one of the first, in the head that does so most. Point at a word for its own."


@dataclass(frozen=True)
class Second:
    """The page's own setting: the second part, where it is not that of the suggestion."""

    second: str = two_texts.second("Second part", "The text that may go on with the first.")

    def __post_init__(self) -> None:
        check(self)


def choice(seen: Seen) -> None:
    """Draw the choice whether pairs are asked about at all. It is closed to whoever steers a run under way."""
    spec = visit.current().spec
    st.session_state[ASKED] = WAYS[spec.objective.next_sentence]
    st.container(key="asked_row", horizontal=True, horizontal_alignment="right").segmented_control(
        "Asked about",
        list(WAYS.values()),
        key=ASKED,
        required=True,
        disabled=seen.steered,
        label_visibility="collapsed",
        on_change=_turn,
    )


def rival(spec: RunSpec) -> RunSpec:
    """The same recipe with the question where this one has none, and the other way round."""
    return replace(spec, objective=replace(spec.objective, next_sentence=not spec.objective.next_sentence))


def beside(engine: Engine, spec: RunSpec) -> Seen:
    """The run of the rival as it is now: the recording, else the newest on this machine."""
    other = rival(spec)
    return live.latest(engine, other)


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the parts in the address."""
    address = visit.current()
    first, second = two_texts.shown(address)
    (above, strange), (below, odd) = (ask.read(engine, seen.run, text) for text in (first, second))
    known: dict[int, Sequel] = {}
    refusal = ""
    if seen.run and seen.history.snapshots and above and below:
        asked = ask.answers(engine, seen.run, seen.history.snapshots, Follows(first, second), seen.patience, slot="pair")
        known, refusal = asked.known, words.sentence(asked.refusal)
    note = " ".join(dict.fromkeys(filter(None, (strange, odd)))) or ("" if address.lecture else NOTE)
    missing = next((name for name, part in (("first", above), ("second", below)) if not part), "")
    if missing:
        empty = f"The {missing} part has no word to read. Type one, or take one of the suggested pairs."
    else:
        empty = refusal or ("The answer is on its way." if seen.history.snapshots else states.nothing(seen.status))
    with st.container(key="pair_area"):
        parts.pair(view.pair(above, below, known, empty, note, _best(address.spec, above, below)), live.shared(seen), key="pair")
    left, right = st.container(key="low_area").columns([0.38, 0.62], gap="large")
    trained, unasked = _both(engine, seen)
    with left, st.container(key="asked_area"):
        st.html(view.beside(trained, unasked, address.spec, question.withheld(PAIRS)))
    with right:
        live.curve(seen, beside=[])
        if compared := view.compared(trained):
            st.html(compared)


def _best(spec: RunSpec, first: Sequence[Token], second: Sequence[Token]) -> float | None:
    """p(follows) for a reader who knows the grammar; None where it tells no such parts."""
    if spec.text.name != "tinyland":
        return None
    return _follows(tuple(token.text for token in first), tuple(token.text for token in second))


@lru_cache(maxsize=64)
def _follows(first: tuple[str, ...], second: tuple[str, ...]) -> float | None:
    """Kept, for a page under way draws the same pair several times a second."""
    try:
        return chance_of_one_story(first, second)
    except ValueError:
        return None


def predict(engine: Engine, seen: Seen) -> None:
    """Draw the question: what being asked about pairs does to the other exercise. Two runs tell, once both are done."""
    (asked, unasked), spec = _both(engine, seen), visit.current().spec
    ended = view.outcome(asked, unasked, spec) is not None
    reveal = (lambda: view.outcome(asked, unasked, spec)) if ended else None
    question.draw(question.GUESS, view.HELP, PAIRS, reveal, never="One of the two has not been measured yet.")


def _both(engine: Engine, seen: Seen) -> tuple[History, History]:
    """What the run that was asked about pairs said, and the one that was not."""
    spec = visit.current().spec
    other = beside(engine, spec).history
    return (seen.history, other) if spec.objective.next_sentence else (other, seen.history)


def _turn() -> None:
    wanted = st.session_state[ASKED] == WAYS[True]
    visit.change(spec=change(visit.current().spec, {"next_sentence": wanted}), run=None, step=None)
