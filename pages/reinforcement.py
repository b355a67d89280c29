"""Reinforcement: a tuned GPT moves towards what is preferred, by PPO, GRPO or DPO, on a leash that can be let go."""

from llmviz.core import catalogue
from llmviz.experiments import reinforcement
from llmviz.experiments.reinforcement import leash_panel, methods_panel, panel, stages_panel
from llmviz.ui.page import of_run

BEATS = (
    ("head", "question"),
    ("chain_area", "curve_area", "taste_area", "question"),
    ("samples_area", "curve_area"),
    ("charts_area", "training_row", "leash_row", "facts_row"),
    ("leash_area",),
    ("methods_area",),
    ("stages_area",),
)

page = of_run(reinforcement.LESSON, [catalogue.experiment(name) for name in panel.METHODS], BEATS)
page.head(
    "GPT · human feedback",
    panel.claim(page.seen),
    "The tuned model writes replies, a reward model learnt from choices judges them, and what earns more becomes likelier. "
    "A leash, β, holds it near its start. What is rewarded is only a stand-in for what was meant: let the leash go, and see.",
    "finetuned",
)
panel.predict(page.seen)
page.panel(lambda now: panel.picture(page.engine, now), choice=lambda: panel.choice(page.seen), share=0.66)
leash_panel.draw()
methods_panel.draw(page.engine)
stages_panel.draw(page.engine, page.seen)
page.foot()
