"""Masked tokens: hide a word, and the model names it from both sides."""

import streamlit as st

from llmviz.core.texts import TEXTS
from llmviz.experiments import masked_lm
from llmviz.ui import controls, gaps, known, lecture, lesson, live, microscope, notes, question, sentence, shown, states, visit
from llmviz.ui.engine import engine

STAGE = masked_lm.EXPERIMENT
BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "bars_area"),
    ("strip_area", "bars_area", "question", "question_place"),
    ("strip_area", "bars_area", "curve_area"),
    ("strip_area", "bars_area", "curve_area", "training_row", "facts_row"),
)

runs = engine()
visit.open("masked_tokens", (STAGE.name,), runs.spec)
run = shown.run(runs)
address = visit.current()
seen = live.look(runs, run)

lecture.beats(BEATS)
lesson.header(
    "Pretraining · BERT",
    states.badge(seen.status, seen.history),
    "Hide a word, and the text itself is the label",
    "The model sees both sides of the gap and must name what is missing. Nobody labelled anything: the hidden word <b>is</b> the answer. "
    "Click a word to hide it.",
)
lesson.notes("hide")
sentence.box(address)
known.row(runs, seen)
question_place = st.container(key="question_place")  # filled last: its answer may have to be asked for
picture = st.container()
controls.row(runs, seen)
facts = controls.facts(STAGE, seen)
with picture:
    live.panel(runs, seen, facts, lambda now: gaps.picture(runs, now))
with question_place:
    question.ask(runs, seen, address.spec.text.name)
if TEXTS[address.spec.text.name].attribution:
    st.caption(f"{TEXTS[address.spec.text.name].title}: {TEXTS[address.spec.text.name].attribution}.")
microscope.fold(runs, seen)
notes.fold(runs, seen, address.spec)
