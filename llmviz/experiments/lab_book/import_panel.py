"""The way into the lab book for a run from elsewhere: a zip, which is rebuilt before it is believed."""

import io

import streamlit as st

from llmviz.experiments.lab_book import notice_panel
from llmviz.runs.engine import Engine
from llmviz.runs.store import short
from llmviz.ui import uploads, visit

UPLOADS, GIVEN = "lab_uploads", "lab_given"
BUSY = "The run is being rebuilt from the file and checked; that takes some seconds."


def box() -> None:
    """Draw the box that a file is chosen in."""
    with st.popover("Import", icon=":material/upload:"):
        st.markdown("A zip that *Export* wrote, here or on another machine. It is checked, and marked as imported.")
        turn = st.session_state.setdefault(UPLOADS, 0)
        key = f"upload_{turn}"  # a new one after each, so that the file just taken in does not stay in it
        st.file_uploader("A run as a zip", type="zip", key=key, label_visibility="collapsed", on_change=_given, args=(key,))


def _given(key: str) -> None:
    """Keep what was uploaded for the drawing that follows: only there can be said that it takes a while."""
    st.session_state[GIVEN] = uploads.taken(key)
    st.session_state[UPLOADS] += 1


def take_in(engine: Engine) -> None:
    """Take in what was given, if anything was, and draw the page anew with it."""
    content = st.session_state.pop(GIVEN, None)
    if content is None:
        return
    try:
        with st.spinner(BUSY):
            run = engine.unpack(io.BytesIO(content), visit.viewer())
    except ValueError as problem:
        notice_panel.say(str(problem))
    else:
        visit.set(one=run.key, other="", task="", reads="", kind="", words="")
        notice_panel.say(f"imported as {short(run)}", "good")
    st.rerun()
