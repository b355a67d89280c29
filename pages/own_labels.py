"""Your own labels: a visitor's own table of texts and labels, and a pretrained model that learns it."""

import streamlit as st

from llmviz.core.settings import TextSpec
from llmviz.experiments import own_labels
from llmviz.experiments.own_labels import panel, table_panel, view
from llmviz.ui import choices, lesson
from llmviz.ui.beside import beside
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "table_area"),
    ("table_area", "training_row", "choices_row", "facts_row"),
    ("sentence_row", "sides_area"),
    ("sides_area", "low_area"),
    ("sides_area", "closer_row", "closer_area"),
)

page = of_run(own_labels.EXPERIMENT.lesson, [own_labels.EXPERIMENT], BEATS, panel.Looking(), TextSpec(own_labels.TEXTS[0]))
table = table_panel.known()
page.head(
    "Fine-tuning · your own labels",
    panel.claim(page.engine, page.seen, table),
    "Any table with a column of texts and a column of labels is a task. The model has read other text before, chosen below the sentence, "
    "and learns your labels live.",
    "finetuned" if page.spec.start else "random",
)
table_panel.area(table, page.seen)
page.sentence(panel.examples(table))
page.panel(
    lambda now: panel.picture(page.engine, now, table),
    choice=lambda: choices.row(page.engine, page.seen, most=len(table.examples)),
    share=0.63,
    beside=lambda: beside(page.engine, page.spec),
)
choices.real_start()
if page.spec.foreign and page.seen.run is None:
    st.caption(lesson.plain(view.ahead(page.spec, table)))
closer(page.engine, page.seen, panel.tabs(table))
page.foot()
