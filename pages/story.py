"""Start: the two phases as one story on one model, and the lecture's slides as a path through the pages."""

import streamlit as st

from llmviz.experiments import gpt_story, masked_lm, start
from llmviz.experiments.start import panel
from llmviz.ui import known, lecture, lesson, microscope, notes, path, sentence, states, visit
from llmviz.ui.engine import engine

BEATS = (
    ("head", "sentence_row", "told_area"),
    ("told_area", "story_area"),
    ("story_area", "question"),
    ("story_area", "training_row"),
    ("slides",),
)

runs = engine()
visit.open(start.LESSON.page, (masked_lm.EXPERIMENT.name,), runs.spec, view=panel.Plan())
cast = panel.look(runs)

lecture.beats(BEATS)
lesson.header(
    "Pretraining and fine-tuning",
    states.badge(cast.first.status, cast.first.history),
    "First a model reads, then it is taught",
    "It begins as random numbers. In phase 1 it reads a great deal that nobody labelled; in phase 2 a few labels teach it a task. "
    "Follow one sentence through all stages of one model.",
)
lesson.notes("hide")
sentence.box(visit.current(), start.LESSON)
known.row(runs, cast.first, start.LESSON)
panel.predict(cast)
panel.panel(runs, cast)
panel.buttons(runs, cast)
microscope.phases(runs, cast.all[:2], cast.specs[:2])
path.onward(gpt_story.LESSON.page, "The second story: one GPT")
with st.container(key="slides"):
    st.markdown("**The lecture, slide by slide**")
    path.map()
notes.words()
