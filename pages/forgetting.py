"""What was forgotten: a fine-tuned model under the head it had before, and what keeps it from forgetting."""

from llmviz.core import catalogue
from llmviz.experiments import forgetting
from llmviz.experiments.forgetting import panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "bars_area"),
    ("strip_area", "bars_area", "question"),
    ("strip_area", "bars_area", "curve_area"),
    ("strip_area", "bars_area", "curve_area", "training_row", "choices_row", "facts_row"),
    ("remedies_area",),
)

page = of_run(forgetting.LESSON, [catalogue.experiment(name) for name in forgetting.TASKS], BEATS)
page.head(
    "Fine-tuning · forgetting",
    panel.claim(page.engine, page.seen),
    "A task's head took the place of the one that named words. Here the old one is put back on the body as it is after each step: "
    "what does it still know?",
    "finetuned" if page.spec.start else "random",
    elsewhere=("hide",),
)
page.sentence(forgetting.LESSON)
panel.predict(page.engine, page.seen)
page.panel(lambda now: panel.picture(page.engine, now), choice=lambda: panel.choice(page.seen), share=0.63)
panel.remedies(page.engine)
page.foot()
