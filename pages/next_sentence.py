"""Next sentence: two parts of a text, of one story or of two; BERT was asked which."""

from llmviz.experiments import next_sentence
from llmviz.experiments.next_sentence import panel
from llmviz.ui import known, two_texts
from llmviz.ui.page import of_run

BEATS = (
    ("head", "pair_area"),
    ("sentence_row", "pair_area"),
    ("pair_area", "question"),
    ("low_area", "asked_area", "curve_area"),
    ("low_area", "asked_area", "curve_area", "training_row", "facts_row"),
)

page = of_run(next_sentence.EXPERIMENT.lesson, [next_sentence.EXPERIMENT], BEATS, panel.Second())
page.head(
    "Pretraining · BERT",
    "Does the second part follow? The text itself tells",
    "Cut a story in two, and its second part <b>follows</b>; take the rest of another story, and it does not. The text itself knows which. "
    "Type two parts, and see what BERT says.",
    elsewhere=("second",),
)
two_texts.box(page.address, panel.PARTS, panel.HINTS)
known.draw(page.engine, page.seen, two_texts.shown(page.address), two_texts.put)
panel.predict(page.engine, page.seen)
page.panel(lambda now: panel.picture(page.engine, now), choice=lambda: panel.choice(page.seen))
page.foot()
