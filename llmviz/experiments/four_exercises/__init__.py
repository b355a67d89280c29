"""Four objectives on one sentence: the facts of its page."""

from llmviz.core.lesson import Lesson

LESSON = Lesson(
    "four-exercises",
    "The text itself is the label, in four ways",
    (3,),
    ("B1",),
    terms=("token", "label", "pretraining", "loss", "nats", "[MASK]", "sentinel"),
)
