"""Your own text: a pretrained GPT reads on in a visitor's own text, and writes like it."""

import streamlit as st

from llmviz.core.settings import TextSpec
from llmviz.experiments import own_text
from llmviz.experiments.own_text import panel, text_panel
from llmviz.ui import choices, path
from llmviz.ui.beside import beside
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "table_area", "rows_area"),
    ("table_area", "training_row", "choices_row", "facts_row"),
    ("sentence_row", "rows_area", "draw_row"),
    ("rows_area", "reading_area", "curve_area"),
    ("rows_area", "closer_row", "closer_area"),
)

page = of_run(own_text.EXPERIMENT.lesson, [own_text.EXPERIMENT], BEATS, panel.Looking(), TextSpec(own_text.READ[0]))
text = text_panel.known()
page.head(
    "Pretraining · your own text",
    panel.claim(page.engine, page.seen),
    "A pretrained GPT goes on naming next tokens, now in a text of yours: no label, no new head. It takes on its words and its manner, "
    "from little text, for it can read already.",
)
text_panel.area(text, page.seen)
page.sentence(panel.examples(text))


def start() -> None:
    """The choice of what it starts from."""
    with st.container(key="choices_row"):
        choices.origin(page.engine, page.seen)


page.panel(lambda now: panel.picture(page.engine, now, text), choice=start, share=0.68, beside=lambda: beside(page.engine, page.spec))
closer(page.engine, page.seen, panel.tabs(text))
path.onward(panel.NEXT, "Next: teach this model your own labels", panel.further(page.seen))
page.foot()
