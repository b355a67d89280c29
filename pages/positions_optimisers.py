"""Four recipes: whether the same model learns the same text, with either kind of positions and either optimiser."""

from llmviz.experiments import masked_lm, positions_optimisers
from llmviz.experiments.positions_optimisers import panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "question"),
    ("question", "recipes_area"),
    ("recipes_area", "training_row", "facts_row"),
    ("recipes_area", "recipes_study_row"),
)

page = of_run(positions_optimisers.LESSON, [masked_lm.EXPERIMENT], BEATS)
page.head(
    "Pretraining · BERT",
    panel.claim(),
    "Four times the same text, in the same order, for as many steps. Two things differ: how the model is told where a word stands "
    "(positions), and the rule that moves its weights (optimiser).",
)
panel.predict()
chosen = panel.state()
page.panel(lambda now: panel.picture(page.engine, now, chosen), awake=panel.moving())
panel.row()
page.foot((panel.WHY,), opened=False)
