"""Human feedback: choices between two replies, by a person or a simulated labeller, become a reward for any reply."""

import streamlit as st

from llmviz.experiments import reward
from llmviz.experiments.reward import labeller_panel, panel
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "labeller_area", "learnt_area"),
    ("labeller_area", "learnt_area", "question"),
    ("reply_row", "taste_row", "rewards_area"),
    ("words_area", "curve_area", "training_row", "facts_row"),
    ("study_area", "facts_row"),
    ("rewards_area", "closer_row", "closer_area"),
)

page = of_run(reward.EXPERIMENT.lesson, [reward.EXPERIMENT], BEATS, panel.Judging())
chooser = labeller_panel.known()
page.head(
    "Alignment · human feedback",
    panel.claim(page.seen, chooser),
    "Nobody can write down what a good reply is, but of two replies anybody can say which is better. <b>You are the labeller</b>: "
    "choose, and a model learns to give every reply a number.",
    "finetuned",
)
labeller_panel.area(page.engine, page.seen, chooser)
panel.predict(page.seen, chooser)
panel.typed()
panel.taste()
page.panel(lambda now: panel.picture(page.engine, now), missing=chooser.missing)
panel.onward(page.engine, page.seen)
with st.container(key="study_area"):
    panel.clicks()
closer(page.engine, page.seen, panel.TABS)
page.foot()
