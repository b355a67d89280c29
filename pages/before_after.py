"""Before and after: a pretrained model learns a task from a few labels; the same labels alone teach little."""

import streamlit as st

from llmviz.core.texts import TEXTS
from llmviz.experiments import classification
from llmviz.ui import choices, controls, evidence, known, lecture, lesson, live, microscope, notes, sentence, shown, states, verdicts, visit
from llmviz.ui.engine import engine

STAGE = classification.EXPERIMENT
BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "cards_area"),
    ("strip_area", "cards_area", "question"),
    ("cards_area", "low_area"),
    ("strip_area", "cards_area", "training_row", "choices_row", "facts_row"),
    ("strip_area", "cards_area", "closer_row", "closer_area"),
)

runs = engine()
visit.open("before_after", (STAGE.name,), runs.spec, evidence.Looking())
run = shown.run(runs)
address = visit.current()
seen = live.look(runs, run)

lecture.beats(BEATS)
lesson.header(
    "Fine-tuning · sentiment",
    states.badge(seen.status, seen.history, "finetuned" if address.spec.parent else "random"),
    verdicts.claim(runs, seen),
    "Same network, same labels, same steps: one has read before, the other starts from random numbers.",
)
lesson.notes("hide")
sentence.box(address)
known.row(runs, seen)
verdicts.predict(runs, seen)
picture = st.container()
buttons, choice = st.columns([0.63, 0.37], vertical_alignment="center")
with buttons:
    controls.row(runs, seen)
with choice:
    choices.row(runs, seen)
facts = controls.facts(STAGE, seen)
with picture:
    live.panel(runs, seen, facts, lambda now: verdicts.picture(runs, now), beside=lambda: verdicts.beside(runs, address.spec))
evidence.closer(runs, seen)
if TEXTS[address.spec.text.name].attribution:
    st.caption(f"{TEXTS[address.spec.text.name].title}: {TEXTS[address.spec.text.name].attribution}.")
microscope.fold(runs, seen)
notes.fold(runs, seen, address.spec)
