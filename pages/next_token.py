"""Next token: a GPT reads from left to right, expects what comes next, and so it writes."""

from llmviz.experiments import causal_lm
from llmviz.experiments.causal_lm import dials_panel, further_panel, panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "choices_area"),
    ("strip_area", "dials_area", "choices_area"),
    ("strip_area", "choices_area", "question"),
    ("strip_area", "choices_area", "curve_area"),
    ("strip_area", "choices_area", "curve_area", "training_row", "facts_row"),
    ("strip_area", "choices_area", "more_area"),
)

page = of_run(causal_lm.EXPERIMENT.lesson, [causal_lm.EXPERIMENT], BEATS, dials_panel.View())
page.head(
    "Pretraining · GPT",
    "Guess the next word from those before, again and again",
    "That is all a GPT does. Click another candidate, and the text goes another way.",
)
page.sentence()
panel.quiz(page.engine, page.seen, page.spec.text.name)
page.panel(lambda now: panel.picture(page.engine, now))
further_panel.fold(page.engine, page.seen)
page.foot()
