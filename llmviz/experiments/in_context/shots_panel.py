"""What examples bring: accuracy against their number, with right ones and with others, on facts that no list told."""

import streamlit as st

from llmviz.experiments.in_context import panel, shots_view
from llmviz.experiments.in_context.question import FewShot
from llmviz.runs.engine import Engine
from llmviz.ui import ask, parts, path, visit
from llmviz.ui.closer import step_of
from llmviz.ui.live import Seen

AWAITED = "The curves stand here as soon as training has ended: accuracy with up to six examples, right ones and others."


def shots(engine: Engine, seen: Seen) -> None:
    """Draw it for the snapshot that the slider was let go on, once the run has ended."""
    with st.container(key="shots_area"):
        st.markdown("**How many examples, and which?**")
        hidden = panel.withheld()
        if hidden or seen.run is None or not seen.ended or not seen.history.snapshots:
            st.caption(hidden or AWAITED)
            return
        step = step_of(seen)
        asked = ask.answers(engine, seen.run, [step], FewShot(), None, "shots")
        if step not in asked.known:
            panel.nothing(asked.refusal)
            return
        found = asked.known[step]
        left, right = st.columns([0.55, 0.45], gap="large")
        with left:
            parts.curves(shots_view.curves(found), key="shots")
        with right:
            panel.say(shots_view.told(found))
        if not visit.current().lecture:
            st.caption(f"{found.prompts:,} prompts at step {step:,}. The line is who knows every fact and guesses which of them is meant.")
            with st.expander("By relation"):
                parts.table(shots_view.table(found, visit.number()), key="shots_table", on_open=path.lead)
