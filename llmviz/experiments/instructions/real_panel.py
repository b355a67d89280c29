"""A real model below *Instructions*: one request of the visitor's own, as a text and as a turn of a dialogue."""

import html

import streamlit as st

from llmviz.core.run import RunRef
from llmviz.experiments.instructions.question import InDialogue, Told
from llmviz.runs.engine import Engine
from llmviz.runs.real_models import PACKAGED, Offer
from llmviz.text import incoming
from llmviz.ui import lesson, real
from llmviz.ui.live import Seen

REQUEST = "real_request"
FIRST = "Name three animals that live in water."
LONGEST = 300  # letters
ABOUT = "The same weights and the same words twice: as a text to go on with, and as a turn of a dialogue, marked as those it was tuned on."


def draw(engine: Engine, seen: Seen, run: RunRef | None) -> None:
    """Draw the box for a request, and what the model writes."""
    real.panel(PACKAGED[0].name, _both)


def _both(offer: Offer, run: RunRef) -> None:
    st.markdown(lesson.plain(f"{offer.about} {ABOUT}"))
    st.session_state.setdefault(REQUEST, FIRST)
    text = incoming.line(st.text_input("Your request", key=REQUEST, max_chars=LONGEST, placeholder="Type a request") or "")
    if not text.strip():
        st.markdown("Type a request.")
        return
    found = real.asked(offer, run, InDialogue(text), "dialogue")
    if found.answer is None:
        st.markdown(lesson.plain(found.refusal))
        return
    st.html(told(text, found.answer))


def told(text: str, found: Told) -> str:
    """Both as HTML; nothing in a visitor's words is markup."""
    rows = (("As a text", text, found.plain), ("As a turn of a dialogue", "", found.reply))
    return "".join(f"<p class='running'><b>{name}</b><br><span>{html.escape(ahead)}</span>{_lines(said)}</p>" for name, ahead, said in rows)


def _lines(said: str) -> str:
    return html.escape(said).replace("\n", "<br>") or "(it ends here)"
