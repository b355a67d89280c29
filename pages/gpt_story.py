"""A GPT's story: one model that goes on with texts, obeys, pleases, and refuses; the stages side by side."""

from llmviz.core import catalogue
from llmviz.experiments import gpt_story
from llmviz.experiments.gpt_story import bigger_panel, panel, view
from llmviz.ui.page import of_run

BEATS = (
    ("head", "sentence_row", "rows_area"),
    ("rows_area", "question"),
    ("chain_area", "curve_area", "training_row", "facts_row"),
    ("stages_area",),
    ("bigger_area",),
)

page = of_run(gpt_story.LESSON, [catalogue.experiment(name) for name in gpt_story.ALIGNED], BEATS)
page.head(
    "GPT · all stages",
    view.claim(page.seen.history),
    "Pretrained on text, tuned on replies, moved towards what is preferred, taught a policy: the weights go from stage to stage. "
    "Put one request to all of them.",
    "finetuned",
)
page.sentence(gpt_story.LESSON)
panel.predict(page.engine, page.seen)
page.panel(lambda now: panel.picture(page.engine, now))
panel.stages(page.engine, page.seen)
bigger_panel.draw(page.engine, page.seen)
page.foot()
