"""Next sentence: two parts of a text, of one story or of two; BERT was asked which."""

import streamlit as st

from llmviz.experiments import next_sentence
from llmviz.ui import controls, known, lecture, lesson, live, microscope, notes, pairs, shown, states, visit
from llmviz.ui.engine import engine

STAGE = next_sentence.EXPERIMENT
BEATS = (
    ("head", "pair_area"),
    ("sentence_row", "pair_area"),
    ("pair_area", "question"),
    ("low_area", "asked_area", "curve_area"),
    ("low_area", "asked_area", "curve_area", "training_row", "facts_row"),
)

runs = engine()
visit.open("next_sentence", (STAGE.name,), runs.spec, pairs.Second())
run = shown.run(runs)
address = visit.current()
seen = live.look(runs, run)

lecture.beats(BEATS)
lesson.header(
    "Pretraining · BERT",
    states.badge(seen.status, seen.history),
    "Does the second part follow? The text itself tells",
    "Cut a story in two, and its second part <b>follows</b>; take the rest of another story, and it does not. The text itself knows which. "
    "Type two parts, and see what BERT says.",
)
lesson.notes("second")
pairs.box(address)
known.draw(runs, seen, pairs.shown(address), pairs.put)
pairs.predict(runs, seen)
picture = st.container()
buttons, choice = st.columns([0.66, 0.34], vertical_alignment="center")
with buttons:
    controls.row(runs, seen)
with choice, st.container(key="asked_row", horizontal=True, horizontal_alignment="right"):
    pairs.choice(seen)
facts = controls.facts(STAGE, seen)
with picture:
    live.panel(runs, seen, facts, lambda now: pairs.picture(runs, now))
microscope.fold(runs, seen)
notes.fold(runs, seen, address.spec)
