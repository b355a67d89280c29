"""What it learns, and when: grammar, meaning and facts, asked of three models while they learn."""

from llmviz.core import catalogue
from llmviz.experiments import what_and_when
from llmviz.experiments.what_and_when import panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "question"),
    ("question", "multiples_area"),
    ("items_area",),
    ("multiples_area", "training_row", "model_row", "facts_row", "learning_study_row"),
)

page = of_run(what_and_when.LESSON, [catalogue.experiment(name) for name in panel.MODELS], BEATS, panel.Listed())
page.head(
    "Pretraining · BERT, GPT and T5",
    "Grammar, meaning, facts: which comes when?",
    "Nobody teaches these models to prefer “every cat meows” to “every cats meows”, or what a story makes one feel. "
    "They are trained to fill in text; these questions are only asked, in wordings that no training text has.",
)
panel.predict(page.seen)
asked = panel.state()
page.panel(lambda now: panel.picture(page.engine, now, asked), choice=lambda: panel.choose(page.seen), awake=panel.moving())
panel.row()
panel.items(page.engine, page.seen)
page.foot(opened=False)
