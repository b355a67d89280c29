"""One question before the slider moves; the run gives the answer, and the visitor's choice is kept for the visit."""

import streamlit as st

from llmviz.core.trace import Question
from llmviz.runs.engine import Engine, State
from llmviz.text.tinyland.world import CAPITALS
from llmviz.ui.live import Seen
from llmviz.views.examples import EXAMPLES
from llmviz.views.reveal import FIRST, LINES, Reveal, crossed, kind_or_word

WIDE = 64  # candidates asked for: enough to hold every city
ENDED = (State.DONE, State.RECORDED)


def ask(engine: Engine, seen: Seen, text: str) -> None:
    """Draw the question and, once it is answered, what the run did."""
    riddle = FIRST if text == "tinyland" else LINES
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="question"):
        st.markdown(f"**{riddle.question}**", width="content")
        chosen = st.pills(riddle.question, riddle.choices, key=f"riddle_{text}", label_visibility="collapsed", persist_state="session")
        if chosen is None:
            return
        if not seen.status or seen.status.state not in ENDED or seen.run is None:
            st.markdown("Noted. The answer comes when a run has ended.", width="content")
            return
        found = _find(engine, seen, text)
        if found is None:
            st.markdown("This run never came to know either; train longer and look again.", width="content")
        else:
            verdict = "Yes." if riddle.choices.index(chosen) == found.right else "No."
            st.markdown(f"**{verdict}** {found.story}", width="content")


def _find(engine: Engine, seen: Seen, text: str) -> Reveal | None:
    if text != "tinyland":
        return crossed(seen.history)
    memory: dict[str, Reveal | None] = st.session_state.setdefault("reveals", {})
    assert seen.run is not None
    if seen.run.key not in memory:
        example = EXAMPLES[text][0]
        place = example.hidden[0]
        try:
            traces = engine.answer(seen.run, seen.history.snapshots, Question(example.sentence, example.hidden, top=WIDE))
        except ValueError:
            return None
        truth = traces[0].tokens[place] if traces else ""
        memory[seen.run.key] = kind_or_word(traces, place, truth, frozenset(CAPITALS.values()))
    return memory[seen.run.key]
