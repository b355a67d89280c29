"""Lecture mode, `?lecture=1`: large type, nothing but the lesson, one beat at a time; the arrow keys go on and back."""

from collections.abc import Sequence

import streamlit as st

from llmviz.ui import visit

BEAT = "beat"
TALL, SHORT = "19.5rem", "17.9rem"  # height of bars and curve, where they stand alone and where the buttons stand below them
PARTS = ("head", "sentence_row", "strip_area", "bars_area", "curve_area", "training_row", "facts_row", "question", "notes_below")

_STYLE = """<style>
html { font-size: 24px !important; --note: 0; --tall: %s; --between: 0.15rem; }
[data-testid="stSidebar"], [data-testid="stHeader"] { display: none; }
[data-testid="stMainBlockContainer"] { max-width: none; padding: 0.4rem 1.6rem 2.4rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.6rem; }
.st-key-strip_area { min-height: 0; }
.st-key-facts_row > :not(:first-child) { display: none; }
.st-key-beats { position: fixed; right: 1rem; bottom: 0.3rem; width: auto; background: Canvas; z-index: 9; }
%s { display: none; }
</style>"""
# A beat without the chart gives its column to the bars.
_ALONE = "<style>[data-testid=stColumn]:has(.st-key-curve_area) { display: none; }</style>"


def beats(shown: Sequence[Sequence[str]]) -> None:
    """In a lecture, show only the parts of the present beat; parts go by the keys in PARTS."""
    if not visit.current().lecture:
        return
    now = min(st.session_state.setdefault(BEAT, 0), len(shown) - 1)
    hidden = ", ".join(f"[data-testid=stLayoutWrapper]:has(> .st-key-{part})" for part in PARTS if part not in shown[now])
    st.html(_STYLE % (SHORT if "training_row" in shown[now] else TALL, hidden or ".nothing"))
    if "curve_area" not in shown[now]:
        st.html(_ALONE)
    with st.container(key="beats", horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Back", key="back", shortcut="Left", type="tertiary", disabled=now == 0, on_click=_turn, args=(-1, len(shown)))
        st.markdown(f"{now + 1} of {len(shown)}", width="content")
        st.button("On", key="on", shortcut="Right", type="tertiary", disabled=now + 1 == len(shown), on_click=_turn, args=(1, len(shown)))


def _turn(by: int, count: int) -> None:
    st.session_state[BEAT] = max(0, min(count - 1, st.session_state.get(BEAT, 0) + by))
