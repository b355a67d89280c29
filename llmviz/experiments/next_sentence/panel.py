"""The picture of *Next sentence*: two parts, the answer, and the same training without the question beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from llmviz.core.address import LONGEST_SENTENCE, Address, change
from llmviz.core.history import History
from llmviz.core.lesson import Example
from llmviz.core.settings import check, setting
from llmviz.core.spec import RunSpec
from llmviz.experiments.next_sentence import view
from llmviz.experiments.next_sentence.question import Follows, Sequel
from llmviz.runs.engine import Engine
from llmviz.text import incoming
from llmviz.text.tinyland.sequels import chance_of_one_story
from llmviz.ui import ask, live, parts, question, states, visit
from llmviz.ui.live import Seen
from llmviz.ui.sentence import suggested
from llmviz.views import words
from llmviz.views.tokens import Token

FIRST, SECOND, SUGGESTIONS, ASKED = "first_part", "second_part", "suggested_pair", "asked_about"
PAIRS = "riddle_pairs"
WAYS = {True: "Ask about pairs too", False: "Words only"}
NOTE = "Lines: how much a word of the second part looks at one of the first, in the head that does so most. Point at a word for its own."


@dataclass(frozen=True)
class Second:
    """The page's own setting: the second part, where it is not that of the suggestion."""

    second: str = setting("", "Second part", "The text that may go on with the first.", letters=LONGEST_SENTENCE)

    def __post_init__(self) -> None:
        check(self)


def shown(address: Address) -> tuple[str, str]:
    """Both parts: the visitor's own, or those of the first suggestion."""
    first = suggested(address)[0]
    if address.sentence is None and not address.view.second:
        return first.sentence, first.second
    return first.sentence if address.sentence is None else address.sentence, address.view.second


def box(address: Address) -> None:
    """The two text boxes and the suggestions. What is chosen goes to the address."""
    first, second = shown(address)
    examples = suggested(address)
    st.session_state[FIRST], st.session_state[SECOND] = first, second
    st.session_state[SUGGESTIONS] = next((each.label for each in examples if (each.sentence, each.second) == (first, second)), None)
    with st.container(key="sentence_row"):
        for column, key, label in zip(st.columns(2), (FIRST, SECOND), ("First part", "Second part"), strict=True):
            column.text_input(
                label,
                key=key,
                placeholder=f"{label}: a sentence or more",
                label_visibility="collapsed",
                max_chars=LONGEST_SENTENCE,
                on_change=_typed,
                args=(examples,),
            )
        st.pills(
            "Suggested pairs",
            [each.label for each in examples],
            key=SUGGESTIONS,
            label_visibility="collapsed",
            on_change=_suggested,
            args=(examples,),
        )


def put(parts: Sequence[str]) -> None:
    """Take these two parts."""
    first, second = parts
    _say(first, second, suggested(visit.current())[0])


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
    return live.look(engine, engine.recorded(other) or engine.find(other))


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the parts in the address."""
    address = visit.current()
    first, second = shown(address)
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


def _typed(examples: tuple[Example, ...]) -> None:
    first, second = (incoming.line(st.session_state[part] or "") for part in (FIRST, SECOND))
    _say(first, second, examples[0])


def _suggested(examples: tuple[Example, ...]) -> None:
    for each in examples:
        if each.label == st.session_state[SUGGESTIONS]:
            _say(each.sentence, each.second, examples[0])


def _say(first: str, second: str, usual: Example) -> None:
    own = (first, second) != (usual.sentence, usual.second)
    visit.change(sentence=first if own else None, view=Second(second if own else ""))


def _turn() -> None:
    wanted = st.session_state[ASKED] == WAYS[True]
    visit.change(spec=change(visit.current().spec, {"next_sentence": wanted}), run=None, step=None)
