"""Lab book: every run, and the run it came from."""

from llmviz.experiments import lab_book, masked_lm
from llmviz.ui import compare, lab, lecture, lesson, notes, visit
from llmviz.ui.engine import engine
from llmviz.ui.states import Badge
from llmviz.views import lineage

BEATS = (
    ("head", "filter_row", "tree_area"),
    ("tree_area", "one_area", "compare_area", "said_area"),
)

runs = engine()
visit.open(lab_book.LESSON.page, (masked_lm.EXPERIMENT.name,), runs.spec, view=lab.Book())
shelf = runs.shelf()
ticked = lab.ticked(shelf)

lecture.beats(BEATS)
lesson.header(
    "Lab book",
    Badge(lab.count(shelf), "pretrained"),
    "Every run, below the run it came from",
    f"A run that starts from another's weights stands below it, as its child. {lineage.family(shelf)} "
    "Tick one run to open, fork, export or delete it, two to compare them.",
)
lesson.notes()
lab.filters(runs)
lab.tree(runs, shelf)
match ticked:
    case [one]:
        lab.one(runs, shelf, one)
    case [one, other]:
        compare.two(runs, (one, other))
notes.words()
