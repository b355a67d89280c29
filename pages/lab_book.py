"""Lab book: every run, and the run it came from."""

from llmviz.experiments import lab_book, masked_lm
from llmviz.experiments.lab_book import compare_panel, forget_panel, panel, studies_panel, view
from llmviz.ui import lecture, lesson, notes, visit
from llmviz.ui.engine import engine
from llmviz.ui.states import Badge

BEATS = (
    ("head", "filter_row", "tree_area"),
    ("tree_area", "one_area", "compare_area", "said_area"),
)

runs = engine()
visit.open(lab_book.LESSON.page, (masked_lm.EXPERIMENT.name,), runs.spec, view=panel.Book())
shelf = runs.shelf()
ticked = panel.ticked(shelf)

lecture.beats(BEATS)
lesson.header(
    "Lab book",
    Badge(panel.count(shelf), "pretrained"),
    "Every run, below the run it came from",
    f"A run that starts from another's weights stands below it, as its child. {view.family(shelf)} "
    "Tick one run to open, fork, export or delete it, two to compare them.",
)
lesson.notes()
panel.filters(runs)
panel.tree(runs, shelf)
match ticked:
    case [one]:
        panel.one(runs, shelf, one)
    case [one, other]:
        compare_panel.two(runs, (one, other))
studies_panel.draw()
forget_panel.draw(runs)
notes.words()
