"""One question before the slider moves; the run gives the answer, and the visitor's choice is kept for the visit."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from llmviz.core.questions.cloze import Cloze, Trace
from llmviz.core.run import RunRef
from llmviz.runs.engine import Engine, State
from llmviz.text.tinyland.world import CAPITALS
from llmviz.ui import lesson
from llmviz.ui.live import Seen
from llmviz.views.examples import EXAMPLES
from llmviz.views.reveal import FIRST, LINES, Reveal, Riddle, crossed, first_guess, kind_or_word

WIDE = 64  # candidates asked for: enough to hold every city
ENDED = (State.DONE, State.RECORDED)
CITIES = frozenset(CAPITALS.values())
Found = TypeVar("Found")
NEVER = "This run never came to know either; train longer and look again."
BEFORE, AFTER = "Before it has learnt:", "Before you scrub back:"


def ask(engine: Engine, seen: Seen, text: str) -> None:
    """Draw the question that suits the text and the state of the run and, once it is answered, what the run did."""
    ended = seen.run is not None and seen.status is not None and seen.status.state in ENDED
    if text == "tinyland":
        draw(AFTER if ended else BEFORE, FIRST, f"riddle_{text}", (lambda: _kind_or_word(engine, seen)) if ended else None)
    elif not ended:
        draw(BEFORE, LINES, f"riddle_{text}", None)
    elif st.session_state.get(f"riddle_{text}"):  # chosen while it trained
        draw("You were asked:", LINES, f"riddle_{text}", lambda: crossed(seen.history))
    elif found := _traced(engine, seen, text, first_guess):
        draw(AFTER, found[0], f"riddle_{seen.run}", lambda: found[1])


def draw(lead: str, riddle: Riddle, key: str, reveal: Callable[[], Reveal | None] | None, never: str = NEVER) -> None:
    """Draw one question; the choice stays under `key`. `reveal` tells what the run did, None while it goes on; `never`, that it did not."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="question"):
        st.markdown(f"**{lead}** {lesson.plain(riddle.question)}", width="content")
        chosen = st.pills(riddle.question, riddle.choices, key=key, label_visibility="collapsed", persist_state="session")
        if chosen is None:
            return
        if reveal is None:
            st.markdown("Noted. The answer comes when a run has ended.", width="content")
            return
        found = reveal()
        if found is None:
            st.markdown(never, width="content")
        elif found.right is None:
            st.markdown(lesson.plain(found.story), width="content")
        else:
            verdict = "Yes." if riddle.choices.index(chosen) == found.right else "No."
            st.markdown(f"**{verdict}** {lesson.plain(found.story)}", width="content")


def _kind_or_word(engine: Engine, seen: Seen) -> Reveal | None:
    recorded = seen.status is not None and seen.status.state is State.RECORDED

    def told(traces: list[Trace], place: int) -> Reveal | None:
        return kind_or_word(traces, place, traces[0].tokens[place], CITIES, recorded)

    return _traced(engine, seen, "tinyland", told)


def _traced(engine: Engine, seen: Seen, text: str, find: Callable[[list[Trace], int], Found]) -> Found | None:
    """What there is to find in how the run's snapshots fill the first gap of the text's own sentence; None where there is no answer."""
    memory: dict[RunRef, Found | None] = st.session_state.setdefault("reveals", {})
    assert seen.run is not None
    if seen.run not in memory:
        example = EXAMPLES["mlm", text][0]
        question = Cloze(example.sentence, example.hidden, top=WIDE)
        try:
            traces = engine.answer(seen.run, seen.history.snapshots, question)
            memory[seen.run] = find(traces, example.hidden[0])
        except ValueError:
            return None
    return memory[seen.run]
