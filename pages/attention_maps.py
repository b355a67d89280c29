"""Attention maps: where each head of a model looks, and what it looks for."""

from llmviz.experiments import attention_maps, causal_lm, masked_lm
from llmviz.experiments.attention_maps import panel, real_panel
from llmviz.ui import real, sentence
from llmviz.ui.page import of_run

BEATS = (
    ("head", "maps_area"),
    ("sentence_row", "maps_area"),
    ("maps_area", "question"),
    ("tabs_row", "maps_area", "curve_area"),
    ("maps_area", "curve_area", "training_row", "facts_row"),
)
TITLE = "Nobody tells a head where to look"
LEAD = (
    "In each head, every token spreads its attention, 100 %, over the tokens it may see: that is how a word takes in others. "
    "What a head looks <b>for</b> forms in training, and can be measured."
)

page = of_run(attention_maps.LESSON, [masked_lm.EXPERIMENT, causal_lm.EXPERIMENT], BEATS, panel.Looking())
if offer := real.chosen():
    real.head(offer, "Real weights", TITLE, LEAD)
    sentence.box(page.address, attention_maps.LESSON)
    panel.choose()
    real_panel.picture(offer)
    page.foot(opened=False)
else:
    page.head(f"Pretraining · {panel.MODELS[page.spec.stage]}", TITLE, LEAD)
    page.sentence(attention_maps.LESSON)
    panel.choose()
    panel.predict(page.engine, page.seen)
    page.panel(lambda now: panel.picture(page.engine, now))
    page.foot(panel.notes(page.engine, page.seen))
