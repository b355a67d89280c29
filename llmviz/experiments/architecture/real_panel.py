"""The walk through a model that was trained elsewhere, and its logit lens and sizes, with the same pictures as a run's."""

import streamlit as st

from llmviz.core.run import RunRef
from llmviz.experiments.architecture import LESSON, panel, view
from llmviz.experiments.architecture.question import LogitLens, Walk
from llmviz.parts.shared.payload import Shared
from llmviz.runs.real_models import Offer
from llmviz.ui import parts, real, sentence, visit

NOT_HERE = "This view asks for a run that was trained here: *Box by box*, *Logit lens* and *Real sizes* show a real model too."


def picture(offer: Offer) -> None:
    """Draw what the address asks for."""
    with st.container(key="walk_area"):
        real.panel(offer.name, _draw)


def _draw(offer: Offer, run: RunRef) -> None:
    look = visit.current().view
    text, _ = sentence.shown(visit.current(), LESSON)
    if not text.strip():
        st.markdown(sentence.EMPTY)
        return
    match look.tab:
        case "walk":
            found = real.asked(offer, run, Walk(text, (), look.opened), "walk")
            at = (look.box, look.head, look.row, look.column)
            drawn = view.walk(found.answer, None, at, offer.about, found.refusal)
            shared: Shared = {"group": run.key, "step": None, "visit": visit.number()}
            parts.walk(drawn, shared, key="walk", on_stage=panel.open_stage, on_at=panel.look_at)
        case "lens":
            read = real.asked(offer, run, LogitLens(text), "lens")
            panel.lens(read.answer, read.refusal)
        case "sizes":
            whole = real.asked(offer, run, Walk(text), "walk")
            panel.sizes(whole.answer, offer.title, whole.refusal)
        case _:
            st.markdown(NOT_HERE)
