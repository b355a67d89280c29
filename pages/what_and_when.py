"""What it learns, and when: grammar, meaning and facts, asked of three models while they learn."""

import streamlit as st

from llmviz.core import catalogue
from llmviz.ui import controls, learning, lecture, lesson, live, notes, shown, states, visit
from llmviz.ui.engine import engine

BEATS = (
    ("head", "question"),
    ("question", "courses_area"),
    ("items_area",),
    ("courses_area", "training_row", "model_row", "facts_row"),
)

runs = engine()
visit.open("what_and_when", tuple(learning.MODELS), runs.spec, learning.Listed())
run = shown.run(runs)
address = visit.current()
seen = live.look(runs, run)

lecture.beats(BEATS)
lesson.header(
    "Pretraining · BERT, GPT and T5",
    states.badge(seen.status, seen.history),
    "Grammar, meaning, facts: which comes when?",
    "Nobody teaches these models to prefer “every cat meows” to “every cats meows”, or what a story makes one feel. "
    "They are trained to fill in text; these questions are only asked, in wordings that no training text has.",
)
lesson.notes()
learning.predict(runs, seen)
picture = st.container()
buttons, choice = st.columns([0.66, 0.34], vertical_alignment="center")
with buttons:
    controls.row(runs, seen)
with choice, st.container(key="model_row", horizontal=True, horizontal_alignment="right"):
    learning.choose(seen)
facts = controls.facts(catalogue.experiment(address.spec.stage), seen)
asked = learning.state()
with picture:
    live.panel(runs, seen, facts, lambda now: learning.picture(runs, now, asked))
learning.items(runs, seen)
notes.fold(runs, seen, address.spec)
