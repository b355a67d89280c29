"""A real model below *Next token*: the same beginning through the run of the page and through one a thousand times its size."""

import html
from dataclasses import replace

import streamlit as st

from llmviz.core.questions.generation import Generation
from llmviz.core.run import RunRef
from llmviz.experiments.causal_lm import dials_panel, view
from llmviz.experiments.causal_lm.row_panel import row
from llmviz.runs.engine import Engine
from llmviz.runs.real_models import WRITES, Offer
from llmviz.ui import ask, lesson, parts, path, real, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import words

ABOUT = "The same beginning; both take the likeliest token each time. What differs is size, and how much was read."
OURS = "This page's run"
MOST_TOKENS = 24  # a real model writes some twelve a second


def draw(engine: Engine, seen: Seen) -> None:
    """Draw what both write, and what each expects next."""
    real.panel(real.pick(WRITES), lambda offer, run: _both(engine, seen, offer, run))


def _both(engine: Engine, seen: Seen, offer: Offer, run: RunRef) -> None:
    text, _ = sentence.shown(visit.current())
    question = replace(dials_panel.view().question(text), tokens=MOST_TOKENS, temperature=0.0, chosen=())
    st.markdown(f"{ABOUT} {lesson.plain(offer.about)}")
    asked = ask.answers(engine, seen.run, seen.history.snapshots[-1:], question, seen.patience, slot="beside real")
    ours = next(iter(asked.known.values()), None)
    size = f"{words.parameters(seen.history.begin.parameters)} parameters" if seen.history.begin else ""
    _row(f"**{OURS}**  \n{size}", text, ours, words.sentence(asked.refusal))
    theirs = real.asked(offer, run, question, "real")
    _row(f"**{offer.title}**", text, theirs.answer, theirs.refusal)
    models = {name: found for name, found in ((OURS, ours), (offer.title, theirs.answer)) if found}
    if models:
        parts.table(view.expected(models, visit.number()), key="expected", on_open=path.lead)


def _row(about: str, text: str, found: Generation | None, refusal: str) -> None:
    row(about, view.running(text, found) if found else f"<p>{html.escape(refusal or '…')}</p>")
