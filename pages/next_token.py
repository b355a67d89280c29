"""Next token: a GPT reads from left to right, expects what comes next, and so it writes."""

import streamlit as st

from llmviz.core.texts import TEXTS
from llmviz.experiments import causal_lm
from llmviz.ui import (
    continuation,
    controls,
    dials,
    further,
    known,
    lecture,
    lesson,
    live,
    microscope,
    notes,
    sentence,
    shown,
    states,
    visit,
)
from llmviz.ui.engine import engine

STAGE = causal_lm.EXPERIMENT
BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "choices_area"),
    ("strip_area", "dials_area", "choices_area"),
    ("strip_area", "choices_area", "question"),
    ("strip_area", "choices_area", "curve_area"),
    ("strip_area", "choices_area", "curve_area", "training_row", "facts_row"),
    ("strip_area", "choices_area", "more_area"),
)

runs = engine()
visit.open("next_token", (STAGE.name,), runs.spec, dials.View())
run = shown.run(runs)
address = visit.current()
seen = live.look(runs, run)

lecture.beats(BEATS)
lesson.header(
    "Pretraining · GPT",
    states.badge(seen.status, seen.history),
    "Guess the next word from those before, again and again",
    "That is all a GPT does. Click another candidate, and the text goes another way.",
)
lesson.notes()
sentence.box(address)
known.row(runs, seen)
continuation.riddle(runs, seen, address.spec.text.name)
picture = st.container()
controls.row(runs, seen)
facts = controls.facts(STAGE, seen)
with picture:
    live.panel(runs, seen, facts, lambda now: continuation.picture(runs, now))
further.fold(runs, seen)
if TEXTS[address.spec.text.name].attribution:
    st.caption(f"{TEXTS[address.spec.text.name].title}: {TEXTS[address.spec.text.name].attribution}.")
microscope.fold(runs, seen)
notes.fold(runs, seen, address.spec)
