"""The lecture as a path through the pages: a map from slide to page, and at the foot of each page the pages before and after it."""

import html
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from llmviz.core import catalogue
from llmviz.core.lecture import beside as lessons_beside
from llmviz.core.lecture import showing
from llmviz.core.lesson import SLIDES, Lesson, Slide
from llmviz.ui import lesson, visit

FOLDER = Path(__file__).parents[2] / "pages"
PAGES, LEADS = "pages", "leads"


def page(file: str, title: str, url_path: str, default: bool = False) -> StreamlitPage:
    """The page in this file of `pages/`. Of thirty pages each time one is drawn, Streamlit would ask the disk about every one."""
    return copy(_made(file, title, url_path, default))  # whether it may be run is each visitor's


@cache
def _made(file: str, title: str, url_path: str, default: bool) -> StreamlitPage:
    return st.Page(FOLDER / f"{file}.py", title=title, url_path=url_path, default=default)


def know(sections: Mapping[str, Sequence[StreamlitPage]]) -> None:
    """Remember the app's pages by their place in the address, so that others can lead to them."""
    st.session_state[PAGES] = {page.url_path: page for pages in sections.values() for page in pages}


def to(place: str) -> StreamlitPage | None:
    """The page at this place, where the app has it."""
    return cast(dict[str, StreamlitPage], st.session_state.get(PAGES, {})).get(place)


def of_stage(stage: str) -> StreamlitPage | None:
    """The page that shows the runs of a stage."""
    return to(catalogue.experiment(stage).lesson.page if stage in catalogue.BY_NAME else stage)


def lead(where: Sequence[str]) -> None:
    """Remember that a link of a part was clicked, to the page at this place, perhaps at one of its runs: a listener cannot leave itself."""
    st.session_state[LEADS] = [str(each) for each in where]


def leads() -> bool:
    """Whether such a click waits to be followed."""
    return LEADS in st.session_state


def follow() -> None:
    """Go where the last click on a link of a part leads."""
    place, run = ([*st.session_state.pop(LEADS, []), "", ""])[:2]
    page = to(place)
    if place and page:
        st.switch_page(page, query_params={"run": run} if run else {})


def onward(place: str, says: str, query: Mapping[str, str] = MappingProxyType({})) -> None:
    """Draw a link to the page at this place, with these parameters; a lecture goes on by its keys."""
    page = to(place)
    if page and not visit.current().lecture:
        st.page_link(page, label=says, icon=":material/arrow_forward:", query_params=dict(query))


def beside() -> tuple[Lesson | None, Lesson | None]:
    """The pages before and after the one that is shown."""
    return lessons_beside(visit.page(), set(st.session_state[PAGES]))


def foot() -> None:
    """Draw the way back and on, below the page; in a lecture its keys do that."""
    before, after = beside()
    if visit.current().lecture or not (before or after):
        return
    with st.container(key="path_row", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        _link(before, ":material/arrow_back:", "left")
        _link(after, ":material/arrow_forward:", "right")


def _link(there: Lesson | None, icon: str, side: Literal["left", "right"]) -> None:
    page = there and to(there.page)
    if there and page:
        st.page_link(page, label=lesson.plain(there.title), icon=icon, icon_position=side)
    else:
        st.markdown("")  # keeps the other one at its end of the line


def map() -> None:
    """Draw the ten slides of the lecture in order, a line each: what it says, and the pages that show it."""
    with st.container(key="map_rows", gap="xxsmall"):
        for slide in SLIDES:
            says, pages = st.columns([0.38, 0.62], vertical_alignment="top")
            says.html(f"<div class='slide'><b>{slide.number}</b><span>{html.escape(slide.title)}</span></div>")
            with pages.container(horizontal=True, vertical_alignment="center", gap=None):
                _pages(slide)


def _pages(slide: Slide) -> None:
    shown = [(there, page) for there in showing(slide) if (page := to(there.page))]
    for there, page in shown:
        st.page_link(page, label=f"{'also ' * there.detail}**{page.title}**", help=lesson.plain(there.title))
    if not shown:
        st.html("<span class='awaited'>to come</span>", width="content")
