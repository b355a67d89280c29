"""What the lab book says of the last thing asked of it: done, or why not."""

import streamlit as st

from llmviz.ui import lesson

SAID = "lab_said"


def say(what: str, tone: str = "bad") -> None:
    """Say this where the page is drawn next."""
    st.session_state[SAID] = (what, tone)


def draw() -> None:
    """Say it, once."""
    said, tone = st.session_state.pop(SAID, ("", ""))
    if said:
        with st.container(key="refused"):
            (st.success if tone == "good" else st.warning)(lesson.sentence(said), icon=":material/info:")
