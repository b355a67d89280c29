"""The walk through a model that was trained elsewhere, and its logit lens and sizes, with the same pictures as a run's."""

import streamlit as st

from llmviz.core.run import RunRef
from llmviz.experiments.architecture import LESSON, lens_view, panel, sizes_view, view
from llmviz.experiments.architecture.question import LogitLens, Walk
from llmviz.parts.shared.payload import Shared
from llmviz.runs.real_models import Offer
from llmviz.ui import parts, path, real, sentence, visit

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
            lens = real.asked(offer, run, LogitLens(text), "lens")
            if lens.answer is None:
                st.markdown(lens.refusal)
                return
            st.caption(f"{panel.ABOUT['lens']} {lens_view.left_out(lens.answer)}")
            parts.table(lens_view.lens(lens.answer, visit.number()), key="lens", on_open=path.lead)
        case "sizes":
            whole = real.asked(offer, run, Walk(text), "walk")
            if whole.answer is None:
                st.markdown(whole.refusal)
                return
            st.caption(panel.ABOUT["sizes"])
            parts.table(sizes_view.sizes(whole.answer, offer.title, visit.number()), key="sizes", on_open=path.lead)
        case _:
            st.markdown(NOT_HERE)
