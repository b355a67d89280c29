"""Question answering: a pretrained model learns from a few questions to point at the answer in a passage, or to say that there is none."""

from llmviz.experiments import question_answering
from llmviz.experiments.question_answering import panel
from llmviz.ui import choices, known, two_texts
from llmviz.ui.beside import beside, claim, predict
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "rows_area"),
    ("sentence_row", "rows_area"),
    ("rows_area", "question"),
    ("rows_area", "low_area"),
    ("rows_area", "training_row", "choices_row", "facts_row"),
    ("rows_area", "closer_row", "closer_area"),
)

page = of_run(question_answering.EXPERIMENT.lesson, [question_answering.EXPERIMENT], BEATS, panel.Asking())
page.head(
    "Fine-tuning · question answering",
    claim(page.engine, page.seen, panel.TERMS, panel.QUIZ),
    "An answer is a span of the passage, or there is none. A third of the questions have none, though others of its kind stand there.",
    "finetuned" if page.spec.start else "random",
    elsewhere=("second",),
)
two_texts.box(page.address, panel.LABELS, panel.HINTS, (0.68, 0.32))
known.draw(page.engine, page.seen, two_texts.shown(page.address), two_texts.put)
predict(page.engine, page.seen, panel.TERMS, panel.QUIZ)
page.panel(
    lambda now: panel.picture(page.engine, now),
    choice=lambda: choices.row(page.engine, page.seen),
    share=0.63,
    beside=lambda: beside(page.engine, page.spec),
)
closer(page.engine, page.seen, panel.TABS)
page.foot()
