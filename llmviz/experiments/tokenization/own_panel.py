"""The visitor's own text on *Tokens*: pasted or chosen as a file, kept on this machine, and named in the address by its digest."""

from collections.abc import Callable

import streamlit as st

from llmviz.core.questions.vocabulary import MOST_LETTERS
from llmviz.text import own
from llmviz.ui import given, lesson, uploads, visit
from llmviz.views import words

MINE = "own"  # session key: the digest of the text last taken
LEFT = "own_left"  # session key: that digest, and what was left out of the text
PASTED, REFUSED, TURN = "pasted", "own_refused", "own_turn"
LARGEST = 20  # megabytes of a file: a long novel has two, and only its beginning is read


def box() -> None:
    """Draw the box that a text is pasted into, or chosen in as a file; a text that is no use is refused in it."""
    turn = st.session_state.setdefault(TURN, 0)  # a new one after each text, for it opens closed
    with st.popover("Your own text", icon=":material/content_paste:", key=f"own_{turn}"):
        st.markdown(f"Paste any text, or choose a file; at most {MOST_LETTERS:,} letters are read. {given.where()}")
        st.text_area("Your own text", key=PASTED, height=180, label_visibility="collapsed", placeholder="Paste a text")
        st.button("Learn from it", key="learn_own", type="primary", on_click=_take_pasted)
        file = f"own_file_{turn}"  # a new one after each, so that the file just read does not stay in it
        st.file_uploader(
            "Or a text file", type=("txt", "md"), key=file, max_upload_size=uploads.largest(LARGEST), on_change=_take_file, args=(file,)
        )
        if refused := st.session_state.pop(REFUSED, ""):  # here, for the popover stays open and covers what is below it
            with st.container(key="refused"):
                st.warning(lesson.plain(refused), icon=":material/info:")


def last() -> list[str]:
    """The digest of the text last taken, where there is one."""
    return [st.session_state[MINE]] if MINE in st.session_state else []


def remember(digest: str) -> None:
    """Keep this text among those that can be learnt from."""
    st.session_state[MINE] = digest


def left_out(text: str) -> str:
    """A sentence on what was left out of this text when it was taken; "" where nothing was."""
    digest, left = st.session_state.get(LEFT, ("", ""))
    return left if digest == text else ""


def _take_pasted() -> None:
    _take(lambda: st.session_state[PASTED] or "")


def _take_file(key: str) -> None:
    content = uploads.taken(key)
    if content is not None:
        _take(lambda: own.decoded(content))


def _take(text: Callable[[], str]) -> None:
    try:
        given.count()
        digest, left = own.take(text(), visit.viewer())
    except ValueError as problem:
        st.session_state[REFUSED] = words.sentence(str(problem))
        return
    st.session_state[LEFT] = (digest, left)
    remember(digest)
    st.session_state[TURN] += 1
    visit.change(step=None)
    visit.set(own=digest, live=False)
