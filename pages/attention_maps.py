"""Attention maps: where each head of a model looks, and what it looks for."""

from llmviz.experiments import attention_maps, causal_lm, masked_lm
from llmviz.experiments.attention_maps import panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "maps_area"),
    ("sentence_row", "maps_area"),
    ("maps_area", "question"),
    ("tabs_row", "maps_area", "curve_area"),
    ("maps_area", "curve_area", "training_row", "facts_row"),
)

page = of_run(attention_maps.LESSON, [masked_lm.EXPERIMENT, causal_lm.EXPERIMENT], BEATS, panel.Looking())
page.head(
    f"Pretraining · {panel.MODELS[page.spec.stage]}",
    "Nobody tells a head where to look",
    "In each head, every token spreads its attention, 100 %, over the tokens it may see: that is how a word takes in others. "
    "What a head looks <b>for</b> forms in training, and can be measured.",
)
page.sentence(attention_maps.LESSON)
panel.choose()
panel.predict(page.engine, page.seen)
page.panel(lambda now: panel.picture(page.engine, now))
page.foot(panel.notes(page.engine, page.seen))
