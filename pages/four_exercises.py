"""Four exercises: one sentence as the inputs and targets of four ways to pretrain, and what four models make of them."""

from llmviz.core.questions.exercise import KINDS
from llmviz.experiments import four_exercises
from llmviz.experiments.four_exercises import panel
from llmviz.ui import known, lecture, lesson, notes, sentence, visit
from llmviz.ui.engine import engine

BEATS = (
    ("head", "sentence_row"),
    ("sentence_row", "lanes_area", "mlm_area"),
    ("sentence_row", "lanes_area", "mlm_area", "clm_area"),
    ("sentence_row", "lanes_area", "nsp_area", "span_area"),
    ("roll_row", "lanes_area", "mlm_area", "clm_area"),
    ("lanes_area", "mlm_area", "clm_area", "question"),
    ("difference_area", "harvest_area"),
)

runs = engine()
visit.open(four_exercises.LESSON.page, KINDS[:1], runs.spec, view=panel.Choice())
panel.settle()
seen = panel.look(runs)

lecture.beats(BEATS)
lesson.header(
    "Pretraining · four objectives",
    panel.badge(seen),
    "The text itself is the label, in four ways",
    "Nobody has labelled this text: each exercise hides some of it, or asks what comes next, and the text has the answer. Only the framed "
    "<b>targets</b> enter the loss. Roll again for other exercises from the same text.",
)
lesson.notes()
sentence.box(visit.current(), four_exercises.LESSON)
known.row(runs, seen[0].seen, four_exercises.LESSON)
panel.predict()
panel.row(seen)
panel.panel(runs, seen)
panel.below()
panel.notes()
notes.words()
