"""Spans: words are cut out of a text, and a T5 says what stood there."""

import streamlit as st

from llmviz.experiments import span_corruption
from llmviz.ui import controls, filling, known, lecture, lesson, live, microscope, notes, sentence, shown, states, visit
from llmviz.ui.engine import engine

STAGE = span_corruption.EXPERIMENT
BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "written_area", "spans_row"),
    ("written_area", "question"),
    ("written_area", "bars_area"),
    ("written_area", "bars_area", "curve_area"),
    ("bars_area", "curve_area", "training_row", "facts_row"),
)

runs = engine()
visit.open("spans", (STAGE.name,), runs.spec, filling.Writing())
run = shown.run(runs)
address = visit.current()
seen = live.look(runs, run)

lecture.beats(BEATS)
lesson.header(
    "Pretraining · T5",
    states.badge(seen.status, seen.history),
    "Cut words out, and say what stood there",
    "T5 reads a text with gaps and writes an answer: one stack of layers reads, another writes. A gap may hide one word or many; "
    "the model has to find out. Click words to cut them out.",
)
lesson.notes("hide")
sentence.box(address)
known.row(runs, seen)
filling.riddle(runs, seen, address.spec.text.name)
picture = st.container()
buttons, dials = st.columns([0.66, 0.34], vertical_alignment="center")
with buttons:
    controls.row(runs, seen)
with dials:
    filling.row(runs, seen)
facts = controls.facts(STAGE, seen)
with picture:
    live.panel(runs, seen, facts, lambda now: filling.picture(runs, now))
microscope.fold(runs, seen)
notes.fold(runs, seen, address.spec)
