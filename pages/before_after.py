"""Before and after: a pretrained model learns a task from a few labels; the same labels alone teach little."""

from llmviz.experiments import classification
from llmviz.experiments.classification import closer_panel, panel
from llmviz.ui import choices
from llmviz.ui.beside import beside, claim, predict
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "cards_area"),
    ("strip_area", "cards_area", "question"),
    ("cards_area", "low_area"),
    ("strip_area", "cards_area", "training_row", "choices_row", "facts_row"),
    ("strip_area", "cards_area", "closer_row", "closer_area"),
)

page = of_run(classification.EXPERIMENT.lesson, [classification.EXPERIMENT], BEATS, closer_panel.Looking())
page.head(
    "Fine-tuning · sentiment",
    claim(page.engine, page.seen, panel.TERMS, panel.QUIZ),
    "Same network, same labels, same steps: one has read before, the other starts from random numbers.",
    "finetuned" if page.spec.start else "random",
    elsewhere=("hide",),
)
page.sentence()
predict(page.engine, page.seen, panel.TERMS, panel.QUIZ)
page.panel(
    lambda now: panel.picture(page.engine, now),
    choice=lambda: choices.row(page.engine, page.seen),
    share=0.63,
    beside=lambda: beside(page.engine, page.spec),
)
closer(page.engine, page.seen, closer_panel.TABS)
page.foot()
