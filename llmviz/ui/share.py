"""Where strangers come: who else may see a run. Its owners share it by its link; a teacher makes it public, and keeps it."""

from urllib.parse import urlsplit

import streamlit as st

from llmviz.core.hosting import limits
from llmviz.core.owners import teaches
from llmviz.core.run import RunRef
from llmviz.runs.ownership import PINNED, PUBLIC, SHARED
from llmviz.ui import visit
from llmviz.ui.engine import engine

REFUSED = "share_refused"
SAYS = {
    SHARED: "Whoever has the link may see it",
    PUBLIC: "Public: everybody finds it in their lists",
    PINNED: "Pinned: it is not swept when room is short",
}
WITH_TEXT = "Whoever may see it may also read the own text that it was made with, if there is one."
LISTED = "Only you find this run in your lists."
LISTED_BY_ALL = "Everybody finds this run in their lists."
LISTED_TOO = "You find this run in your lists, and so do others who trained with the same settings."


def draw(run: RunRef | None, page: str) -> None:
    """Draw the box for a run of this visitor's, and for any run where they are a teacher; its link leads to the `page` at this place."""
    if run is None or run.recorded or not limits().hosted:
        return
    rights, viewer = engine().rights(run), visit.viewer()
    if not rights.may_change(viewer):
        return
    marks = (SHARED, PUBLIC, PINNED) if teaches(viewer) else (SHARED,)
    with st.popover("Share", type="tertiary", icon=":material/share:", key="share"):
        for mark in marks:
            key = f"{mark}_{run.key}"
            st.session_state[key] = rights.has(mark)
            st.toggle(SAYS[mark], key=key, on_change=_mark, args=(run, mark, key))
        listed = LISTED_BY_ALL if rights.has(PUBLIC) else LISTED_TOO if rights.owners.others(viewer) else LISTED
        st.caption(f"{listed} {WITH_TEXT}")
        if rights.has(SHARED) or rights.has(PUBLIC):
            st.code(link(page, run), language=None, wrap_lines=True)
        if refused := st.session_state.pop(REFUSED, ""):
            st.warning(refused)


def link(page: str, run: RunRef) -> str:
    """The address of a run: whole where the browser has said how it reaches this server."""
    here = urlsplit(st.context.url or "")  # its path is none to build on: Streamlit takes "tokens" off the end of "masked-tokens"
    below = str(st.get_option("server.baseUrlPath") or "").strip("/")
    place = f"{f'/{below}' if below else ''}/{page}?run={run.key}"
    return f"{here.scheme}://{here.netloc}{place}" if here.netloc else place


def _mark(run: RunRef, mark: str, key: str) -> None:
    try:
        engine().mark(run, mark, bool(st.session_state[key]), visit.viewer())
    except ValueError as problem:
        st.session_state[REFUSED] = str(problem)
