"""Scoreboard, every model on every task: the facts of its page."""

from llmviz.core.lesson import Lesson

LESSON = Lesson(
    "scoreboard",
    "Every model on every task and every probe, in one table",
    (10,),
    ("E2", "E7"),
    detail=True,
    terms=("label", "pretraining", "fine-tuning", "head", "held-out", "ceiling", "chance", "seed", "probe"),
)
