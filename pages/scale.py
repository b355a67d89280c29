"""Scale: what more text, more parameters and more variety buy, and the law that the loss follows."""

from llmviz.experiments import causal_lm, scale
from llmviz.experiments.scale import panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "question"),
    ("question", "scale_row", "law_area"),
    ("scale_row", "about_area", "studies_area"),
)

page = of_run(scale.LESSON, [causal_lm.EXPERIMENT], BEATS, panel.Looking())
page.head(
    "Pretraining · scale",
    panel.claim(),
    "Large and diverse data, large models: that is what pretraining is said to live on. Here one number grows at a time, from the smallest "
    "that trains in seconds, and the loss on held-out text answers.",
)
panel.predict()
panel.choose()
panel.picture()
page.foot((panel.WHY,), opened=False)
