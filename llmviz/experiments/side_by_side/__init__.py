"""Side by side, the lecture's tables of differences, each row measured: the facts of the page."""

from llmviz.core.lesson import Lesson

LESSON = Lesson(
    "side-by-side",
    "Pretraining and fine-tuning, row by row, each measured",
    (5, 9, 10),
    ("E1", "E2", "E3"),
    terms=("token", "label", "pretraining", "fine-tuning", "head", "held-out", "ceiling", "chance", "probe"),
)
