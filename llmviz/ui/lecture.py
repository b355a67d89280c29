"""Lecture mode, `?lecture=1&beat=3`: type as large as the screen allows, nothing but the lesson, one beat at a time.

→, PageDown and Space go on; ← and PageUp go back; Escape leaves. The component `lecture` hears the keys and sizes the beat.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import streamlit as st

from llmviz.core.lecture import lesson
from llmviz.core.lesson import Lesson
from llmviz.ui import parts, path, turns, visit

LAST = 99  # a beat beyond the last of any page is its last
LATE = 2.0  # seconds after a page was drawn in which its browser may still speak for the page before
UNIT, SMALLEST = "lecture_unit", 24  # pixels of type on 1280 × 720, as lecture.css has them
GONE_ON, QUESTION = "gone_on", "question"  # whether the lecture is past the page's question; the part that asks it
ALWAYS = (
    "training_row",
    "facts_row",
    "notes_below",
    "words_below",
    "known_row",
    "microscope_area",
)  # parts of every page, hidden in a beat that does not name them

_STYLE = (Path(__file__).parent / "lecture.css").read_text(encoding="utf-8")
# A beat without the chart gives its column to the bars.
_ALONE = "[data-testid=stColumn]:has(.st-key-curve_area) { display: none; }"


def beats(shown: Sequence[Sequence[str]]) -> None:
    """In a lecture, show only the parts of the present beat: of all that any beat names, by the keys of their containers."""
    st.session_state[GONE_ON] = False
    address = visit.current()
    if not address.lecture:
        st.session_state.pop(visit.ON_THE_WAY, None)
        return
    way = visit.on_the_way()
    if way and way.left == visit.page() != way.page and _late(way) and (page := path.to(way.page)):
        st.switch_page(page)
    now = bounded(address.beat, len(shown))
    present = shown[now - 1]
    st.session_state[GONE_ON] = any(QUESTION in parts for parts in shown[: now - 1])
    hidden = ", ".join(f"[data-testid=stLayoutWrapper]:has(> .st-key-{part})" for part in sorted({*ALWAYS, *chain(*shown)} - {*present}))
    st.html(f"<style>{_STYLE} {hidden or '.nothing'} {{ display: none; }} {'' if 'curve_area' in present else _ALONE}</style>")
    before, after = path.beside()
    back, on = _bar(now, len(shown), bool(before), bool(after))
    if back and before and address.beat < 1:
        _leave(before, LAST)
    if on and after and address.beat > len(shown):
        _leave(after, 1)
    if address.beat != now:
        visit.keep(replace(address, beat=now))


def _late(way: visit.Way) -> bool:
    """Whether a drawing of the page that was left can have been asked for by what the browser still showed of it."""
    return way.drawn is None or turns.requested() - way.drawn < LATE


def arrived() -> None:
    """The page is drawn."""
    way = visit.on_the_way()
    if way and way.page == visit.page() and way.drawn is None:
        way.drawn = time.monotonic()


def bounded(beat: int, count: int) -> int:
    """The nearest of the page's beats, which count from 1."""
    return max(1, min(beat, count))


def gone_on() -> bool:
    """Whether a lecture has come to a beat after the one that asks the page's question: from there on its answer is shown."""
    return bool(st.session_state.get(GONE_ON))


def _bar(now: int, count: int, before: bool, after: bool) -> tuple[bool, bool]:
    """Draw the bar below the beat: slide, way out, back, place and on. Returns whether *Back* and whether *On* were pressed."""
    there = lesson(visit.page())
    with st.container(key="beats", horizontal=True, vertical_alignment="center"):
        st.markdown(there.said if there else "", width="content")
        st.button("Leave lecture", key="leave", type="tertiary", on_click=visit.lecture, args=(False,))
        back = st.button("Back", key="back", type="tertiary", disabled=now == 1 and not before, on_click=_turn, args=(-1,))
        st.markdown(f"{now} of {count}", width="content")
        on = st.button("On", key="on", type="tertiary", disabled=now == count and not after, on_click=_turn, args=(1,))
    parts.lecture({"beat": f"{visit.page()} {now}", "unit": unit()}, key="lecture_keys", on_unit=_sized)
    return back, on


def unit() -> int:
    """The pixels of type that suit the screen, as the browser has told; those of 1280 × 720 before."""
    return int(st.session_state.get(UNIT, SMALLEST))


def _sized(pixels: object) -> None:
    if isinstance(pixels, int) and SMALLEST // 4 <= pixels <= 16 * SMALLEST:  # a browser may tell anything
        st.session_state[UNIT] = pixels


def _turn(by: int) -> None:
    """Turn from the beat that the address names now: two quick presses are two beats."""
    address = visit.current()
    visit.keep(replace(address, beat=address.beat + by))


def _leave(there: Lesson, beat: int) -> None:
    """Go on to another page; the session remembers that this is a lecture. This page is left at the beat it showed."""
    address = visit.current()
    visit.keep(replace(address, beat=max(1, address.beat - 1)))
    visit.set_out(there.page, beat)
    page = path.to(there.page)
    assert page is not None
    st.switch_page(page)
