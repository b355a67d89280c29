"""Your own names: a visitor's own tagged text, and a pretrained model that learns to mark its names."""

from llmviz.core.settings import TextSpec
from llmviz.experiments import own_tags
from llmviz.experiments.own_tags import panel, text_panel, view
from llmviz.ui import choices
from llmviz.ui.beside import beside
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "table_area"),
    ("table_area", "training_row", "choices_row", "facts_row"),
    ("sentence_row", "rows_area"),
    ("rows_area", "low_area"),
    ("rows_area", "closer_row", "closer_area"),
)

page = of_run(own_tags.EXPERIMENT.lesson, [own_tags.EXPERIMENT], BEATS, panel.Looking(), TextSpec(own_tags.TEXTS[0]))
text = text_panel.known()
page.head(
    "Fine-tuning · your own names",
    panel.claim(page.engine, page.seen, text),
    "Any text in which names are marked is a task: people, products, genes. The model has read other text before, chosen below the "
    "sentence, and learns your tags live.",
    "finetuned" if page.spec.start else "random",
)
text_panel.area(text, page.seen)
page.sentence(panel.examples(text))
page.panel(
    lambda now: panel.picture(page.engine, now, text),
    choice=lambda: choices.row(page.engine, page.seen, most=view.learnt(text, choices.COUNTS[-1])),
    share=0.63,
    beside=lambda: beside(page.engine, page.spec),
)
closer(page.engine, page.seen, panel.tabs(text))
page.foot()
