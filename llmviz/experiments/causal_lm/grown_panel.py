"""As it learnt to write, below *Next token*: the same beginning through the same model, from its first weights to its last."""

import streamlit as st

from llmviz.experiments.causal_lm import dials_panel, grown_view, view
from llmviz.experiments.causal_lm.row_panel import row
from llmviz.runs.engine import Engine
from llmviz.ui import ask, live, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import words
from llmviz.views.curve import thin

ABOUT = "The same beginning and the same draws; only the training goes on, from the top down."
NOTHING = "Texts appear here as soon as there is a trained model."


def draw(engine: Engine, seen: Seen) -> None:
    """Draw a text for each of some snapshots; while the run is under way, again and again."""
    st.markdown(ABOUT)
    st.fragment(lambda: _texts(engine, seen), run_every=live.EVERY if seen.under_way else None, key="grown")()


def _texts(engine: Engine, seen: Seen) -> None:
    now = live.look(engine, seen.run) if seen.under_way else seen
    if now.run is None or not now.history.snapshots:
        st.caption(NOTHING)
        return
    beginning, _ = sentence.shown(visit.current())
    question = dials_panel.view().question(beginning)
    kept = engine.kept_answers(now.run, question)
    steps = thin(sorted({*kept, *now.history.snapshots}), grown_view.ROWS)
    asked = ask.answers(engine, now.run, [step for step in steps if step not in kept], question, now.patience, slot="grown")
    written = {**kept, **asked.known}
    if asked.refusal and not written:
        st.caption(words.sentence(asked.refusal))
    for step in steps:
        if step in written:
            row(grown_view.label(now.history, step), view.running(beginning, written[step]))
