"""Continual learning: a pretrained model reads on, in a newer text in which one fact has changed, and comes back."""

from llmviz.experiments import continual_learning
from llmviz.experiments.continual_learning import panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "change_row", "strip_area"),
    ("change_row", "sentence_row", "strip_area", "bars_area"),
    ("strip_area", "bars_area", "question"),
    ("strip_area", "bars_area", "curve_area", "training_row", "choices_row", "facts_row"),
    ("others_area",),
    ("matrix_area",),
)

page = of_run(continual_learning.EXPERIMENT.lesson, [continual_learning.EXPERIMENT], BEATS)
page.head(
    "Pretraining · continual learning",
    panel.claim(page.seen),
    "The pretrained model goes on hiding words, in a newer text: short news in which one capital is another city. "
    "No label, no new head. Does it learn the new fact, and what does that cost?",
)
panel.changed(page.seen)
page.sentence(panel.lesson_of_fact())
panel.predict(page.seen)
page.panel(lambda now: panel.picture(page.engine, now), choice=lambda: panel.choice(page.engine, page.seen), share=0.63)
panel.others(page.engine, page.seen)
panel.matrix()
page.foot()
