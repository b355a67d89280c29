"""The bill, what pretraining and fine-tuning cost: the facts of its page."""

from llmviz.core.lesson import Lesson

LESSON = Lesson(
    "bill",
    "What pretraining and fine-tuning cost",
    (5, 9, 10),
    ("C7", "E1", "E3"),
    detail=True,
    terms=("token", "label", "pretraining", "fine-tuning", "head", "held-out", "seed"),
)
