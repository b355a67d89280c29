"""The heads of a model that was trained elsewhere, some layers at a time, with the same picture as a run's."""

from dataclasses import replace

import streamlit as st

from llmviz.core.questions.attention import Attend
from llmviz.core.run import RunRef
from llmviz.core.settings import ModelSpec
from llmviz.experiments.attention_maps import LESSON, panel
from llmviz.parts.attention import payload as payloads
from llmviz.parts.shared.payload import Shared
from llmviz.runs.real_models import Offer
from llmviz.ui import parts, real, sentence, visit
from llmviz.views import attention as view

TOGETHER = 4  # layers whose heads are shown at once
LAYERS = "real_layers"
OTHERS = "bertviz's views, and two models side by side, are shown of runs that were trained here."


def picture(offer: Offer) -> None:
    """Draw the heads of some layers."""
    with st.container(key="maps_area"):
        real.panel(offer.name, _draw)


def _draw(offer: Offer, run: RunRef) -> None:
    address = visit.current()
    text, _ = sentence.shown(address, LESSON)
    if not text.strip():
        st.caption(sentence.EMPTY)
        return
    if address.view.tab != "one":
        st.caption(OTHERS)
    found = real.asked(offer, run, Attend(text), "real maps")
    if found.answer is None:
        st.caption(found.refusal)
        return
    layers = found.answer.weights.shape[0]
    layer = min(max(1, address.view.layer), layers) - 1
    first = layer // TOGETHER * TOGETHER
    _windows(layers, first)
    some = replace(found.answer, weights=found.answer.weights[first : first + TOGETHER])
    payload = view.maps((), ModelSpec(), {some.step: some}, {}, "")
    drawn: payloads.Attention = {
        **payload,
        "first": first,
        "layer": layer - first,
        "head": max(1, address.view.head) - 1 if address.view.head <= some.weights.shape[1] else 0,
        "compact": False,
        "title": "",
        "withheld": "",
    }
    shared: Shared = {"group": run.key, "step": None, "visit": visit.number()}
    parts.attention(drawn, shared, key="maps", on_head=lambda at: panel.look_at([first + at[0], at[1]]))


def _windows(layers: int, first: int) -> None:
    starts = list(range(0, layers, TOGETHER))
    st.session_state[LAYERS] = first
    st.segmented_control(
        "Layers",
        starts,
        format_func=lambda start: f"{start + 1} to {min(start + TOGETHER, layers)}",
        key=LAYERS,
        required=True,
        on_change=lambda: visit.set(layer=st.session_state[LAYERS] + 1, head=1),
    )
