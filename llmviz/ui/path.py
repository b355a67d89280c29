"""The lecture as a path through the pages: a map from slide to page, and at the foot of each page the slides before and after it."""

from collections.abc import Mapping, Sequence
from typing import Literal, cast

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from llmviz.core.lecture import SLIDES, STAGE_PAGES, Slide
from llmviz.core.lecture import beside as slides_beside
from llmviz.ui import lesson, visit

PAGES, HERE = "pages", "place"


def know(sections: Mapping[str, Sequence[StreamlitPage]], here: StreamlitPage) -> None:
    """Remember the app's pages by their place in the address, and which of them is shown, so that others can lead to them."""
    st.session_state[PAGES] = {page.url_path: page for pages in sections.values() for page in pages}
    st.session_state[HERE] = here.url_path


def to(place: str) -> StreamlitPage | None:
    """The page at this place, where the app has it."""
    return cast(dict[str, StreamlitPage], st.session_state.get(PAGES, {})).get(place)


def of_stage(stage: str) -> StreamlitPage | None:
    """The page that shows the runs of a stage."""
    return to(STAGE_PAGES.get(stage, stage))


def beside() -> tuple[Slide | None, Slide | None]:
    """The slides before and after those of the page that is shown."""
    return slides_beside(st.session_state[HERE], set(st.session_state[PAGES]))


def foot() -> None:
    """Draw the way back and on, below the page; in a lecture its arrow keys do that."""
    before, after = beside()
    if visit.current().lecture or not (before or after):
        return
    with st.container(key="path_row", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        _link(before, ":material/arrow_back:", "left")
        _link(after, ":material/arrow_forward:", "right")


def _link(slide: Slide | None, icon: str, side: Literal["left", "right"]) -> None:
    page = slide and to(slide.page)
    if slide and page:
        st.page_link(page, label=lesson.plain(slide.title), icon=icon, icon_position=side)
    else:
        st.markdown("")  # keeps the other one at its end of the line


def map() -> None:
    """Draw the slides of the lecture, each a link to its page, in order."""
    slides = [(slide, target) for slide in SLIDES if (target := to(slide.page))]
    with st.container(key="map_row", horizontal=True, gap="small"):
        for number, (slide, target) in enumerate(slides, 1):
            st.page_link(target, label=f"**{number}** {lesson.plain(slide.title)}", help=target.title)
