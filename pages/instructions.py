"""Instructions: a GPT that goes on with a text learns from dialogues to do what is asked."""

from llmviz.experiments import instructions
from llmviz.experiments.instructions import panel
from llmviz.ui.beside import beside
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "rows_area"),
    ("sentence_row", "rows_area", "again_row"),
    ("rows_area", "question"),
    ("rows_area", "low_area"),
    ("rows_area", "low_area", "curve_area", "training_row", "facts_row"),
    ("head", "closer_row", "closer_area"),
)

page = of_run(instructions.EXPERIMENT.lesson, [instructions.EXPERIMENT], BEATS, panel.Looking())
page.head(
    "Fine-tuning · instruction tuning",
    panel.claim(page.seen),
    "Instruction tuning is supervised fine-tuning on requests with their replies. It is next-token training again, with no new layer; only "
    "the loss is on the reply alone.",
    "finetuned" if page.spec.start else "random",
)
page.sentence()
panel.predict(page.engine, page.seen)
page.panel(lambda now: panel.picture(page.engine, now), beside=lambda: beside(page.engine, page.spec))
closer(page.engine, page.seen, panel.TABS)
page.foot()
