"""Side by side: pretraining and fine-tuning, row by row."""

from llmviz.experiments import masked_lm, side_by_side
from llmviz.experiments.side_by_side import panel
from llmviz.ui import lecture, lesson, notes, path, visit
from llmviz.ui.engine import engine
from llmviz.ui.states import Badge

BEATS = (
    ("head", "question"),
    ("differences_area", "case_row"),
    ("lists_area",),
)

runs = engine()
visit.open(side_by_side.LESSON.page, (masked_lm.EXPERIMENT.name,), runs.spec, view=panel.Chosen())
path.follow()
case = panel.case(runs)

lecture.beats(BEATS)
lesson.header(
    "Both phases",
    Badge("from stored runs", "pretrained"),
    "Two phases side by side, each row measured",
    "Pretraining reads much text without labels, once; fine-tuning learns one task from few labels. "
    "Every figure below is that of a run, and opens it: choose another model, or another task.",
)
lesson.notes()
panel.compared(case)
notes.words()
