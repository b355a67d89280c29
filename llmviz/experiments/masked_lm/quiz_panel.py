"""The question of *Masked tokens*: what this run learnt first, or how far its loss came down."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from llmviz.core.questions.cloze import Cloze, Trace
from llmviz.core.run import RunRef
from llmviz.experiments.masked_lm import EXPERIMENT, view
from llmviz.runs.engine import Engine, State
from llmviz.text.tinyland.world import CAPITALS
from llmviz.ui import question, visit
from llmviz.ui.live import Seen
from llmviz.views.reveal import Reveal

WIDE = 64  # candidates asked for: enough to hold every city
CITIES = frozenset(CAPITALS.values())
Found = TypeVar("Found")


def asked(seen: Seen, text: str) -> str:
    """The key of what `draw` asks of this run."""
    own = f"quiz_{text}"
    return own if text == "tinyland" or not seen.ended or st.session_state.get(own) else f"quiz_{seen.run}"


def draw(engine: Engine, seen: Seen, text: str) -> None:
    """Draw the question that suits the text and the state of the run and, once it is answered, what the run did."""
    ended, key = seen.ended, asked(seen, text)
    if text == "tinyland":
        lead, reveal = (question.AFTER, lambda: _kind_or_word(engine, seen)) if ended else (question.BEFORE, None)
        question.draw(lead, view.FIRST, key, reveal)
    elif not ended:
        question.draw(question.BEFORE, view.LINES, key, None)
    elif key == f"quiz_{text}":  # chosen while it trained
        question.draw("You were asked:", view.LINES, key, lambda: view.crossed(seen.history))
    elif found := _traced(engine, seen, text, view.first_guess):
        question.draw(question.AFTER, found[0], key, lambda: found[1])
    elif not question.settled(key):  # too short a run to ask about: nothing is withheld
        question.show(key)
        st.rerun()


def _kind_or_word(engine: Engine, seen: Seen) -> Reveal | None:
    recorded = seen.status is not None and seen.status.state is State.RECORDED

    def told(traces: list[Trace], place: int) -> Reveal | None:
        return view.kind_or_word(traces, place, traces[0].tokens[place], CITIES, recorded)

    return _traced(engine, seen, "tinyland", told)


def _traced(engine: Engine, seen: Seen, text: str, find: Callable[[list[Trace], int], Found]) -> Found | None:
    """What there is to find in how the run's snapshots fill the first gap of the text's own sentence; None where there is no answer."""
    memory: dict[RunRef, Found | None] = st.session_state.setdefault("reveals", {})
    assert seen.run is not None
    if seen.run not in memory:
        example = EXPERIMENT.examples[text][0]
        cloze = Cloze(example.sentence, example.hidden, top=WIDE)
        try:
            traces = engine.answer(seen.run, seen.history.snapshots, cloze, visit.teaches())
            memory[seen.run] = find(traces, example.hidden[0])
        except ValueError:
            return None
    return memory[seen.run]
