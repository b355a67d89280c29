"""Which stage wrote this? Three stages of one model reply to one request; the visitor tells them apart."""

import streamlit as st

from llmviz.core.questions.replies import Sample
from llmviz.core.spec import RunSpec
from llmviz.experiments.reinforcement import stages_view
from llmviz.experiments.reinforcement.stages_view import STAGES
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, visit
from llmviz.ui.live import Seen
from llmviz.views import words

TURN, SHOWN, SCORE = "stages_turn", "stages_shown", "stages_score"
WAITS = "The three replies stand here as soon as a policy is trained: its base, its tuned start, and itself."
PATIENCE = 2.0  # seconds the page waits for a reply


def draw(engine: Engine, seen: Seen) -> None:
    """Draw three replies in a shuffled order, a guess for each, and what is right once somebody asks."""
    with st.container(key="stages_area"):
        st.markdown("**Which stage wrote this?**")
        turn = st.session_state.setdefault(TURN, 0)
        replies, waits = _replies(engine, seen, turn)
        if len(replies) < len(STAGES):
            st.caption(waits)
            return
        asked = stages_view.request(turn).text
        st.markdown(f"The request: **{lesson.plain(asked)}**")
        order = stages_view.order(visit.current().spec.id, turn)
        shown = st.session_state.get(SHOWN) == turn
        for place, (column, stage) in enumerate(zip(st.columns(len(order), gap="medium"), order, strict=True)):
            with column, st.container(border=True, key=f"stage_card_{place}"):
                st.markdown(lesson.plain(replies[stage]) or "(nothing)")
                st.segmented_control(
                    "Written by", list(STAGES), key=f"stage_{turn}_{place}", disabled=shown, label_visibility="collapsed", width="stretch"
                )
                if shown:
                    st.markdown(f"**{stage}**: {STAGES[stage]}")
        guesses = [st.session_state.get(f"stage_{turn}_{place}") for place in range(len(order))]
        _foot(shown, None not in guesses, stages_view.right(replies, order, guesses))


def _foot(shown: bool, ready: bool, right: int) -> None:
    """The button that tells, or leads on, and the count so far."""
    told, asked = st.session_state.get(SCORE, (0, 0))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="stages_row"):
        if shown:
            st.button("Another request", key="stages_next", on_click=lambda: st.session_state.update({TURN: st.session_state[TURN] + 1}))
            st.markdown(f"{right} of {len(STAGES)} right; {told} of {asked} so far.", width="content")
        else:
            st.button("Tell", key="stages_tell", disabled=not ready, on_click=_tell, args=(right,))
            st.markdown("Say of each reply who wrote it." if not ready else "", width="content")


def _tell(right: int) -> None:
    told, asked = st.session_state.get(SCORE, (0, 0))
    st.session_state.update({SHOWN: st.session_state[TURN], SCORE: (told + right, asked + len(STAGES))})


def _replies(engine: Engine, seen: Seen, turn: int) -> tuple[dict[str, str], str]:
    """What each stage replies, as far as it is known; and what stands there where it is not."""
    start = visit.current().spec.start
    base = start.start if isinstance(start, RunSpec) else None
    runs = {name: live.latest(engine, spec) for name, spec in (("base", base), ("tuned", start)) if isinstance(spec, RunSpec)}
    if not seen.ended or len(runs) < len(STAGES) - 1:
        return {}, WAITS
    found, question = dict[str, str](), Sample((stages_view.request(turn).text,), draw=turn)
    for name, now in (*runs.items(), ("aligned", seen)):
        if now.run is None or not now.history.snapshots:
            return {}, WAITS
        asked = ask.answers(engine, now.run, now.history.snapshots[-1:], question, PATIENCE, f"stage {name}")
        if asked.refusal:
            return {}, lesson.plain(words.sentence(asked.refusal))
        for answer in asked.known.values():
            found[name] = answer.replies[0]
    return found, "The replies are being written."
