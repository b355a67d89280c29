"""The start, both phases as one story on one model: the facts of its page."""

from llmviz.core.glossary import RUN
from llmviz.core.lesson import FIRST_PAGE, Lesson

LESSON = Lesson(
    FIRST_PAGE,
    "First a model reads, then it is taught",
    (1, 2),
    ("A1", "A2", "E1"),
    terms=("token", "label", "pretraining", "fine-tuning", "head", *RUN, "chance"),
)
