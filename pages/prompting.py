"""Prompting: a GPT that has read lists is given a task by examples in its prompt, and no weight moves."""

from llmviz.experiments import in_context
from llmviz.experiments.in_context import closer_panel, panel, shots_panel
from llmviz.ui.closer import closer
from llmviz.ui.page import of_run

BEATS = (
    ("head", "strip_area"),
    ("sentence_row", "builder_row", "strip_area", "bars_area"),
    ("sentence_row", "strip_area", "question", "hash_area"),
    ("strip_area", "bars_area", "hash_area"),
    ("strip_area", "bars_area", "curve_area", "training_row", "facts_row"),
    ("shots_area",),
    ("strip_area", "bars_area", "closer_row", "closer_area"),
)

page = of_run(in_context.EXPERIMENT.lesson, [in_context.EXPERIMENT], BEATS, panel.Prompting())
page.head(
    "Prompting · GPT",
    panel.claim(page.seen),
    "A GPT read on in text with lists such as “Spain : Madrid , Peru : Lima”. Examples in the prompt say which task it is: "
    "<b>click them together</b>, and watch the next word, and the hash of the weights.",
)
page.sentence()
panel.builder()
panel.predict(page.seen)
page.panel(lambda now: panel.picture(page.engine, now))
shots_panel.shots(page.engine, page.seen)
closer(page.engine, page.seen, closer_panel.TABS)
page.foot()
