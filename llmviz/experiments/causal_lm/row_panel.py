"""One of several texts below one another: a label, and beside it what was written."""

import streamlit as st

COLUMNS = [0.18, 0.82]


def row(label: str, written: str, said: str = "") -> None:
    """Draw it; `written` is HTML, the others Markdown. On a phone the text stands below its label."""
    left, right = st.columns(COLUMNS, gap="medium")
    left.markdown(label)
    if written:
        right.html(written)
    if said:
        right.caption(said)
