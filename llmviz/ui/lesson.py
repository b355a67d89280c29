"""The frame of every page: sidebar, head, style, notes on the address."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from llmviz.core.lecture import lesson
from llmviz.experiments import LESSONS
from llmviz.ui import parts, visit
from llmviz.ui.states import Badge
from llmviz.views import terms, words

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "style.css").read_text(encoding="utf-8")
# The numbers of its slides beside the name of each page.
_SLIDES = "".join(f"[data-testid=stSidebarNavLink][href$='/{there.page}']::after {{ content: '{there.label}'; }}" for there in LESSONS)
_READ = re.compile(r"[\\`*_{}\[\]()#+\-.!<>|~$:]")  # what Markdown would read
ABOUT = "See how language models are made: tiny transformers, trained live on this machine. Nothing is simulated."


def configure() -> None:
    """Name and icon of the browser's tab, what the menu says; the width of the sidebar is in the style.

    Open where there is room beside it, closed on a phone, where it would lie over the page.
    """
    st.set_page_config(
        page_title="llmviz",
        page_icon=str(_FOLDER / "icon.svg"),
        layout="wide",
        initial_sidebar_state="auto",
        menu_items={"About": f"**llmviz** · {ABOUT}"},
    )


def frame(more: Callable[[], None] = lambda: None) -> None:
    """The app's own style, and below the names of the pages in the sidebar: the way to the lecture, `more`, what this is.

    The names themselves Streamlit draws of `st.navigation`, in one message; thirty links of ours were a third of all that a page says.
    """
    st.html(f"<style>{_STYLE}{_SLIDES}</style>")
    with st.sidebar:
        st.button(
            "Lecture view",
            key="lecture_view",
            icon=":material/slideshow:",
            type="tertiary",
            help="One part of the page at a time, in large type. → and ← turn, Esc leaves.",
            on_click=visit.lecture,
            args=(True,),
        )
        more()
        st.html(f'<div class="about">{html.escape(ABOUT)}</div>')
        parts.menu({"choices": "[data-testid=stSidebarNavLink]"}, key="menu")


def header(eyebrow: str, badge: Badge, title: str, lead: str) -> None:
    """Slide and place, what is shown, the claim in a line, and at most three sentences (HTML of our own, never a visitor's)."""
    there = lesson(visit.page())
    place = " · ".join([there.said, eyebrow] if there else [eyebrow])
    above = f"<span>{html.escape(place)}</span><span class='badge {badge.stage}'><i></i>{html.escape(badge.text)}</span>"
    said = terms.marked(lead, there.terms if there else ())
    with st.container(key="head"):
        st.html(f"<div class='head'><div class='eyebrow'>{above}</div><h1>{html.escape(title)}</h1><p>{said}</p></div>")


def notes(*elsewhere: str) -> None:
    """What could not be read from the address, a line each; parameters named here are explained at their own place.

    Problems are plain text: here and nowhere before they are escaped for Markdown.
    """
    said = [plain(problem) for name, problem in visit.problems().items() if name not in elsewhere]
    if said:
        with st.container(key="notes"):
            st.warning("  \n".join(said), icon=":material/link_off:")


def sentence(problem: str) -> str:
    """A refusal of the engine as a sentence of a page's Markdown; empty where there is none."""
    return plain(words.sentence(problem))


def plain(text: str) -> str:
    """The text with nothing in it that Markdown would read."""
    return _READ.sub(r"\\\g<0>", text)
