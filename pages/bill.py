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
found = panel.look(runs)

lecture.beats(BEATS)
lesson.header(
    "Fine-tuning · cost",
    panel.badge(found),
    panel.claim(found),
    "Pretraining reads a great deal that nobody labelled; fine-tuning reads little, and each of its labels took a person's time. "
    "Every line is one stored run. Choose what is counted.",
)
lesson.notes()
panel.predict(found)
panel.row(found)
panel.picture(runs, found)
panel.assumed()
panel.once(runs, found)
panel.runs()
panel.paper(found)
panel.foot()
notes.words()
