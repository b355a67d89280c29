"""Safety: a tuned model learns a policy from examples, and is tried on ways around it."""

from llmviz.experiments import safety
from llmviz.experiments.safety import panel
from llmviz.ui import known, two_texts
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "policy_row"),
    ("sentence_row", "rows_area"),
    ("rows_area", "question"),
    ("rows_area", "low_area", "curve_area"),
    ("low_area", "curve_area", "training_row", "facts_row"),
    ("ways_area",),
    ("rows_area", "closer_row", "closer_area"),
)

page = of_run(safety.EXPERIMENT.lesson, [safety.EXPERIMENT], BEATS, panel.Trying())
page.head(
    "Fine-tuning · safety",
    panel.claim(page.seen),
    "A helper's policy says what is to be refused. It is taught by examples, a refusal being a reply like any other. "
    "What does that cost in help, and which jailbreak gets around it?",
    "finetuned",
    elsewhere=("second",),
)
panel.rules(page.seen)
two_texts.box(page.address, panel.LABELS, panel.HINTS, (0.68, 0.32))
known.draw(page.engine, page.seen, two_texts.shown(page.address), two_texts.put)
panel.predict(page.seen)
page.panel(lambda now: panel.picture(page.engine, now))
panel.ways(page.engine, page.seen)
closer(page.engine, page.seen, panel.TABS)
page.foot()
