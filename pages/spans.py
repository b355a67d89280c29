"""Spans: words are cut out of a text, and a T5 says what stood there."""

from llmviz.experiments import span_corruption
from llmviz.experiments.span_corruption import panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "strip_area", "written_area", "spans_row"),
    ("written_area", "question"),
    ("written_area", "bars_area"),
    ("written_area", "bars_area", "curve_area"),
    ("bars_area", "curve_area", "training_row", "facts_row"),
)

page = of_run(span_corruption.EXPERIMENT.lesson, [span_corruption.EXPERIMENT], BEATS, panel.Writing())
page.head(
    "Pretraining · T5",
    "Cut words out, and say what stood there",
    "T5 reads a text with gaps and writes an answer: one stack of layers reads, another writes. A gap may hide one word or many; "
    "the model has to find out. Click words to cut them out.",
    elsewhere=("hide",),
)
page.sentence()
panel.quiz(page.engine, page.seen, page.spec.text.name)
page.panel(lambda now: panel.picture(page.engine, now), choice=lambda: panel.row(page.engine, page.seen))
page.foot()
