"""Masked tokens: hide a word, and the model names it from both sides."""

import streamlit as st

from llmviz.experiments import masked_lm
from llmviz.experiments.masked_lm import panel, quiz_panel, real_panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "bars_area"),
    ("strip_area", "bars_area", "question", "question_place"),
    ("strip_area", "bars_area", "curve_area"),
    ("strip_area", "bars_area", "curve_area", "training_row", "facts_row"),
)

page = of_run(masked_lm.EXPERIMENT.lesson, [masked_lm.EXPERIMENT], BEATS, real_panel.Looking())
page.head(
    "Pretraining · BERT",
    "Hide a word, and the text itself is the label",
    "The model sees both sides of the gap and must name what is missing. Nobody labelled anything: the hidden word <b>is</b> the answer. "
    "Click a word to hide it.",
    elsewhere=("hide",),
)
page.sentence()
question_place = st.container(key="question_place")  # filled last: its answer may have to be asked for
page.panel(lambda now: panel.picture(page.engine, now))
with question_place:
    quiz_panel.draw(page.engine, page.seen, page.spec.text.name)
real_panel.fold(page.engine, page.seen)
page.foot()
