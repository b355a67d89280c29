"""What folds out below *Next token*: beam search as a tree, how the writing grew, bits a byte, models of three sizes, and a real one."""

import streamlit as st

from llmviz.experiments.causal_lm import beams_view, bits_panel, dials_panel, grown_panel, real_panel, sizes_panel
from llmviz.experiments.causal_lm.question import Search
from llmviz.runs.engine import Engine
from llmviz.ui import ask, further, lesson, live, parts, sentence, visit
from llmviz.ui.live import Seen

MORE = {
    "beams": "Beam search",
    "grown": "As it learnt to write",
    "bits": "Bits a byte",
    "sizes": "Three sizes of model",
    "real": "A real model",
}


def fold(engine: Engine, seen: Seen) -> None:
    """Draw the choice and what is chosen; nothing is asked of a model before."""
    with st.container(key="more_area"):
        match further.choice(MORE, "more"):
            case "beams":
                st.fragment(lambda: _beams(engine, seen), run_every=live.EVERY if seen.under_way else None, key="beams")()
            case "grown":
                grown_panel.draw(engine, seen)
            case "bits":
                bits_panel.draw(engine, seen)
            case "sizes":
                sizes_panel.draw(engine)
            case "real":
                real_panel.draw(engine, seen)


def _beams(engine: Engine, seen: Seen) -> None:
    now = live.look(engine, seen.run) if seen.under_way else seen
    text, _ = sentence.shown(visit.current())
    st.session_state["dial_width"] = dials_panel.view().width
    left, right = st.columns([0.88, 0.12], vertical_alignment="center")
    left.markdown(
        "Drawing decides one token at a time. Beam search follows several continuations at once and keeps those that are likeliest as a "
        "whole; nothing is left to chance, and no filter applies."
    )
    right.number_input("Beams", 1, 5, key="dial_width", on_change=_widened)
    if now.run is None or not now.history.snapshots:
        st.caption("The tree appears here as soon as there is a trained model.")
        return
    asked = ask.answers(engine, now.run, now.history.snapshots, Search(text, dials_panel.view().width), now.patience, slot="beams")
    if asked.refusal:
        st.caption(lesson.sentence(asked.refusal))
        return
    parts.tree(beams_view.tree(asked.known, text, dials_panel.view().width), live.shared(now), key="tree")


def _widened() -> None:
    visit.set(width=st.session_state["dial_width"])
