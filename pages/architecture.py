"""Architecture: a sentence walks through the live model, and every number can be opened."""

from llmviz.core import catalogue
from llmviz.experiments import architecture
from llmviz.experiments.architecture import panel, real_panel
from llmviz.ui import real, sentence
from llmviz.ui.page import of_run

BEATS = (
    ("head", "walk_area"),
    ("sentence_row", "walk_area"),
    ("tabs_row", "walk_area", "curve_area"),
    ("walk_area", "question"),
    ("walk_area", "curve_area", "training_row", "facts_row"),
)
TITLE = "A transformer is sums you can check"
LEAD = (
    "Your sentence goes in as tokens, and every box on its way is arithmetic on real weights: choose a box, then a number, and see what it "
    "is made of. Nothing else happens in there."
)

page = of_run(architecture.LESSON, [catalogue.experiment(name) for name in architecture.READ], BEATS, panel.Looking())
if offer := real.chosen():
    real.head(offer, "Architecture", TITLE, LEAD)
    sentence.box(page.address, architecture.LESSON)
    panel.choose()
    real_panel.picture(offer)
    page.foot([panel.NOTES], opened=False)
else:
    page.head(f"Architecture · {panel.MODELS[page.spec.stage]}", TITLE, LEAD)
    page.sentence(architecture.LESSON)
    panel.choose()
    panel.predict(page.engine, page.seen)
    page.panel(lambda now: panel.picture(page.engine, now))
    page.foot([panel.NOTES])
