"""Scoreboard: every model on every task and every probe."""

from llmviz.experiments import masked_lm, scoreboard
from llmviz.experiments.scoreboard import panel, view
from llmviz.ui import lecture, lesson, notes, path, visit
from llmviz.ui.engine import engine
from llmviz.ui.states import Badge

BEATS = (
    ("head", "question"),
    *((table,) for table in panel.OF.values()),
)

runs = engine()
visit.open(scoreboard.LESSON.page, (masked_lm.EXPERIMENT.name,), runs.spec, view=panel.Board())
path.follow()
shelf = runs.shelf()
found = panel.look(runs, shelf)

lecture.beats(BEATS)
lesson.header(
    "Benchmarks",
    Badge(view.summary(panel.shown(found)), "pretrained"),
    "Every model on every task and every probe",
    "A benchmark holds models against each other on the same held-out data, between chance and the best possible. "
    "A row is a model and how it came to be; a figure opens its run.",
)
lesson.notes()
panel.predict(found)
if not visit.current().lecture:
    panel.filters()
panel.board(runs, shelf, found)
panel.below(found)
notes.words()
