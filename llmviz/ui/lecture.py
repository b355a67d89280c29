"""Lecture mode, `?lecture=1`: large type, nothing but the lesson, one beat at a time; the arrow keys go on and back."""

from collections.abc import Sequence
from itertools import chain

import streamlit as st

from llmviz.core.lecture import Lesson
from llmviz.ui import path, visit

BEAT, LAST = "beat", 99  # a beat beyond the last of any page is its last
GONE_ON, QUESTION = "gone_on", "question"  # whether the lecture is past the page's question; the part that asks it
TALL, SHORT = "19.5rem", "17.9rem"  # height of bars and curve, where they stand alone and where the buttons stand below them
ALWAYS = (
    "training_row",
    "facts_row",
    "notes_below",
    "words_below",
    "known_row",
    "microscope_area",
)  # parts of every page, hidden in a beat that does not name them

_STYLE = """<style>
html { font-size: 24px !important; --note: 0; --tall: %s; --between: 0.15rem; --maps: 15.9rem; --recipes: 7.2rem; }
[data-testid="stSidebar"], [data-testid="stHeader"] { display: none; }
[data-testid="stMainBlockContainer"] { max-width: none; padding: 0.1rem 1.6rem 2.4rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.1rem; }
.st-key-strip_area { min-height: 0; }
.st-key-facts_row > :not(:first-child) { display: none; }
.st-key-map_rows { zoom: 0.84; } /* ten slides on one screen */
.st-key-beats { position: fixed; right: 1rem; bottom: 0.3rem; width: auto; background: Canvas; z-index: 9; }
%s { display: none; }
</style>"""
# A beat without the chart gives its column to the bars.
_ALONE = "<style>[data-testid=stColumn]:has(.st-key-curve_area) { display: none; }</style>"


def beats(shown: Sequence[Sequence[str]]) -> None:
    """In a lecture, show only the parts of the present beat: of all that any beat names, by the keys of their containers."""
    st.session_state[GONE_ON] = False
    if not visit.current().lecture:
        return
    now = max(0, min(st.session_state.setdefault(BEAT, 0), len(shown) - 1))
    st.session_state[GONE_ON] = any(QUESTION in parts for parts in shown[:now])
    hidden = ", ".join(f"[data-testid=stLayoutWrapper]:has(> .st-key-{part})" for part in sorted({*ALWAYS, *chain(*shown)} - {*shown[now]}))
    st.html(_STYLE % (SHORT if "training_row" in shown[now] else TALL, hidden or ".nothing"))
    if "curve_area" not in shown[now]:
        st.html(_ALONE)
    before, after = path.beside()
    first, last = now == 0, now + 1 == len(shown)
    with st.container(key="beats", horizontal=True, vertical_alignment="center", gap="small"):
        back = st.button(
            "Back", key="back", shortcut="Left", type="tertiary", disabled=first and before is None, on_click=_turn, args=(now - 1,)
        )
        st.markdown(f"{now + 1} of {len(shown)}", width="content")
        on = st.button("On", key="on", shortcut="Right", type="tertiary", disabled=last and after is None, on_click=_turn, args=(now + 1,))
    if back and before is not None and st.session_state[BEAT] < 0:
        _leave(before, LAST)
    if on and after is not None and st.session_state[BEAT] >= len(shown):
        _leave(after, 0)


def gone_on() -> bool:
    """Whether a lecture has come to a beat after the one that asks the page's question: from there on its answer is shown."""
    return bool(st.session_state.get(GONE_ON))


def _turn(to: int) -> None:
    st.session_state[BEAT] = to


def _leave(there: Lesson, beat: int) -> None:
    """Go on to another page; the session remembers that this is a lecture."""
    st.session_state[BEAT] = beat
    page = path.to(there.page)
    assert page is not None
    st.switch_page(page)
