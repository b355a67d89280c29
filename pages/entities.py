"""Names in a text: a pretrained model learns from a few tagged texts which words name a person, a place or an organisation."""

from llmviz.experiments import entities
from llmviz.experiments.entities import panel
from llmviz.ui import choices
from llmviz.ui.beside import beside, claim, predict
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "rows_area"),
    ("sentence_row", "rows_area"),
    ("rows_area", "question"),
    ("rows_area", "low_area"),
    ("rows_area", "training_row", "choices_row", "facts_row"),
    ("rows_area", "closer_row", "closer_area"),
)

page = of_run(entities.EXPERIMENT.lesson, [entities.EXPERIMENT], BEATS, panel.Looking())
terms = panel.terms(page.spec.text.name)
page.head(
    "Fine-tuning · entities",
    claim(page.engine, page.seen, terms, panel.QUIZ),
    entities.ABOUT[page.spec.text.name],
    "finetuned" if page.spec.start else "random",
)
page.sentence()
predict(page.engine, page.seen, terms, panel.QUIZ)
page.panel(
    lambda now: panel.picture(page.engine, now),
    choice=lambda: choices.row(page.engine, page.seen),
    share=0.63,
    beside=lambda: beside(page.engine, page.spec),
)
closer(page.engine, page.seen, panel.TABS)
page.foot()
