"""Tokens: what a model reads are pieces of words, learnt from a text in one of three ways."""

import streamlit as st

from llmviz.core.texts import TEXTS
from llmviz.experiments import masked_lm, tokenization
from llmviz.experiments.tokenization import panel, real_panel
from llmviz.ui import lecture, lesson, notes, sentence, visit
from llmviz.ui.engine import engine

BEATS = (
    ("head", "sentence_row"),
    ("sentence_row", "rows_area"),
    ("rows_area", "question"),
    ("learn_row", "rows_area"),
    ("learn_row", "charts_area", "source_area"),
    ("rows_area", "real_area"),
)

runs = engine()
visit.open(tokenization.LESSON.page, (masked_lm.EXPERIMENT.name,), runs.spec, view=panel.Choice(), text=panel.FIRST)
seen = panel.look(runs)
address = visit.current()

lecture.beats(BEATS)
lesson.header(
    "Pretraining · tokens",
    panel.badge(seen),
    "A model never sees words, only pieces it knows",
    "Frequent words are one piece, rare ones several, and a word nobody has ever written is cut until pieces are found. "
    "Which pieces there are is learnt from a text; point at one to see how. The Tinyland models on the next pages know whole words only: "
    "to them any other word is the one token [UNK].",
)
lesson.notes()
sentence.box(address, tokenization.LESSON)
panel.choose(seen)
panel.predict(seen)
panel.panel(runs, seen)
panel.measured(runs, seen)
real_panel.fold(seen)
if seen.text in TEXTS and TEXTS[seen.text].attribution:
    with st.container(key="source_area"):
        st.caption(f"{TEXTS[seen.text].title}: {TEXTS[seen.text].attribution}.")
panel.notes()
notes.words()
