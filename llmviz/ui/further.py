"""What folds out below a page when it is asked for: one choice, kept in the address as `more`."""

from collections.abc import Mapping

import streamlit as st

from llmviz.ui import visit


def choice(views: Mapping[str, str], key: str) -> str:
    """Draw the choice among these views, by name with their titles; which is chosen, "" for none."""
    st.session_state[key] = visit.current().view.more or None
    st.segmented_control("Look further", list(views), key=key, format_func=views.__getitem__, on_change=_chosen, args=(key,))
    return str(visit.current().view.more)


def _chosen(key: str) -> None:
    visit.set(more=st.session_state[key] or "")
