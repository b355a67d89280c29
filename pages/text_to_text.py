"""Text to text: one T5 learns three tasks at once, each as text in and text out."""

from llmviz.experiments import text_to_text
from llmviz.experiments.text_to_text import panel
from llmviz.ui.beside import beside
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "written_area"),
    ("sentence_row", "written_area"),
    ("written_area", "question"),
    ("written_area", "table_area", "curve_area"),
    ("written_area", "table_area", "curve_area", "training_row", "facts_row"),
    ("written_area", "closer_row", "closer_area"),
)

page = of_run(text_to_text.EXPERIMENT.lesson, [text_to_text.EXPERIMENT], BEATS, panel.Looking())
page.head(
    "T5 · every task is text to text",
    panel.claim(page.seen),
    "No new head: the task is named before the text, and the answer is written in words. The same weights do all three.",
    "finetuned" if page.spec.start else "random",
)
page.sentence()
panel.predict(page.seen)
page.panel(lambda now: panel.picture(page.engine, now), beside=lambda: beside(page.engine, page.spec))
closer(page.engine, page.seen, panel.TABS)
page.foot()
