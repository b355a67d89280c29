"""Four exercises: one sentence as the inputs and targets of four ways to pretrain, and what four models make of them."""

from llmviz.core.questions.exercise import KINDS
from llmviz.ui import exercises, lecture, lesson, sentence, visit
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
visit.open("four_exercises", KINDS[:1], runs.spec, view=exercises.Choice())
exercises.settle()
seen = exercises.look(runs)

lecture.beats(BEATS)
lesson.header(
    "Pretraining · four objectives",
    exercises.badge(seen),
    "The text itself is the label, in four ways",
    "Nobody has labelled this text, and still every word of it is an answer: hide it, and ask. Only at the framed <b>targets</b> "
    "does a model learn. Roll again, and the same text is another exercise.",
)
lesson.notes()
sentence.box(visit.current(), exercises.WHOSE)
exercises.predict()
exercises.row(seen)
exercises.panel(runs, seen)
exercises.below()
exercises.notes()
