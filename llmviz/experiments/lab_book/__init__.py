"""The lab book, every run and what it came from: the facts of its page."""

from llmviz.core.lesson import Lesson

LESSON = Lesson(
    "lab-book",
    "Every run, below the run it came from",
    (1,),
    ("A1", "E1"),
    detail=True,
    terms=("label", "pretraining", "fine-tuning", "loss", "held-out", "seed"),
)
