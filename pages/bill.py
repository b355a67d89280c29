"""The bill: what pretraining and fine-tuning cost, from stored runs, and the same on paper for large models."""

from llmviz.experiments import bill
from llmviz.experiments.bill import panel, view
from llmviz.ui import lecture, lesson, notes, visit
from llmviz.ui.engine import engine

BEATS = (
    ("head", "question"),
    ("bill_row", "bill_chart"),
    ("bill_row", "bill_chart", "bill_assumed"),
    ("bill_once", "bill_more"),
    ("bill_paper",),
)

runs = engine()
visit.open(bill.LESSON.page, view.ROOTS, runs.spec, view=view.Bill())
root, tuned, _ = panel.lines(runs)

lecture.beats(BEATS)
lesson.header(
    "Fine-tuning · cost",
    panel.badge(root, tuned),
    panel.claim(root, tuned),
    "Pretraining reads a great deal that nobody labelled; fine-tuning reads little, and each of its labels took a person's time. "
    "Every line is one stored run. Choose what is counted.",
)
lesson.notes()
panel.predict(root, tuned)
panel.row(runs)
panel.picture(runs)
panel.assumed()
panel.once(runs)
panel.runs()
panel.paper(root, tuned)
panel.foot()
notes.words()
