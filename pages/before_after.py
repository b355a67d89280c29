"""Before and after: a pretrained model learns a task from a few labels; the same labels alone teach little."""

from llmviz.experiments import classification
from llmviz.ui import choices, evidence, verdicts
from llmviz.ui.page import of_run

BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "cards_area"),
    ("strip_area", "cards_area", "question"),
    ("cards_area", "low_area"),
    ("strip_area", "cards_area", "training_row", "choices_row", "facts_row"),
    ("strip_area", "cards_area", "closer_row", "closer_area"),
)

page = of_run(classification.EXPERIMENT.lesson, [classification.EXPERIMENT], BEATS, evidence.Looking())
page.head(
    "Fine-tuning · sentiment",
    verdicts.claim(page.engine, page.seen),
    "Same network, same labels, same steps: one has read before, the other starts from random numbers.",
    "finetuned" if page.spec.start else "random",
    elsewhere=("hide",),
)
page.sentence()
verdicts.predict(page.engine, page.seen)
page.panel(
    lambda now: verdicts.picture(page.engine, now),
    choice=lambda: choices.row(page.engine, page.seen),
    share=0.63,
    beside=lambda: verdicts.beside(page.engine, page.spec),
)
evidence.closer(page.engine, page.seen)
page.foot()
