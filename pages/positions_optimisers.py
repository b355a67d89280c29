"""Four recipes: whether the same model learns the same text, with either kind of positions and either optimiser."""

import streamlit as st

from llmviz.experiments import masked_lm
from llmviz.ui import controls, lecture, lesson, live, notes, recipes, shown, states, visit
from llmviz.ui.engine import engine

STAGE = masked_lm.EXPERIMENT
BEATS = (
    ("head", "question"),
    ("question", "recipes_area"),
    ("recipes_area", "training_row", "facts_row"),
)

runs = engine()
visit.open("positions_optimisers", (STAGE.name,), runs.spec)
run = shown.run(runs)
address = visit.current()
seen = live.look(runs, run)

lecture.beats(BEATS)
lesson.header(
    "Pretraining · BERT",
    states.badge(seen.status, seen.history),
    recipes.claim(runs),
    "Four times the same text, in the same order, for as many steps. Two things differ: how the model is told where a word stands "
    "(positions), and the rule that moves its weights (optimiser).",
)
lesson.notes()
recipes.predict(runs)
picture = st.container()
controls.row(runs, seen)
facts = controls.facts(STAGE, seen)
chosen = recipes.state()
with picture:
    live.panel(runs, seen, facts, lambda now: recipes.picture(runs, now, chosen))
notes.fold(runs, seen, address.spec, (recipes.WHY,))
