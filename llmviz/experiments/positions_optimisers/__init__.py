"""Positions and optimisers, four recipes beside one another: the facts of its page."""

from llmviz.core.lesson import Lesson

LESSON = Lesson(
    "positions-optimisers",
    "The same model with four recipes",
    (3,),
    ("B2",),
    detail=True,
    terms=("pretraining", "loss", "nats", "held-out", "floor", "seed", "band"),
)
