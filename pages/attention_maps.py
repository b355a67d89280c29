"""Attention maps: where each head of a model looks, and what it looks for."""

import streamlit as st

from llmviz.core import catalogue
from llmviz.experiments import causal_lm, masked_lm
from llmviz.ui import controls, known, lecture, lesson, live, maps, microscope, notes, sentence, shown, states, visit
from llmviz.ui.engine import engine

STAGES = (masked_lm.EXPERIMENT.name, causal_lm.EXPERIMENT.name)
BEATS = (
    ("head", "maps_area"),
    ("sentence_row", "maps_area"),
    ("maps_area", "question"),
    ("tabs_row", "maps_area", "curve_area"),
    ("maps_area", "curve_area", "training_row", "facts_row"),
)

runs = engine()
visit.open("attention_maps", STAGES, runs.spec, view=maps.Looking())
run = shown.run(runs)
address = visit.current()
seen = live.look(runs, run)

lecture.beats(BEATS)
lesson.header(
    f"Pretraining · {maps.MODELS[address.spec.stage]}",
    states.badge(seen.status, seen.history),
    "Nobody tells a head where to look",
    "In each head, every token spreads its attention, 100 %, over the tokens it may see: that is how a word takes in others. "
    "What a head looks <b>for</b> forms in training, and can be measured.",
)
lesson.notes()
sentence.box(address, maps.EXAMPLES)
known.row(runs, seen, maps.EXAMPLES)
maps.choose()
maps.predict(runs, seen)
picture = st.container()
controls.row(runs, seen)
facts = controls.facts(catalogue.experiment(address.spec.stage), seen)
with picture:
    live.panel(runs, seen, facts, lambda now: maps.picture(runs, now))
microscope.fold(runs, seen)
notes.fold(runs, seen, address.spec, maps.notes(runs, seen))
