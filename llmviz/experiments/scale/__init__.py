"""Scale: the loss against tokens read, parameters, and different texts at equal tokens. The facts of its page."""

from llmviz.core.lesson import Lesson

LESSON = Lesson(
    "scale",
    "More text, more parameters, more variety",
    (10,),
    ("B8",),
    terms=("token", "pretraining", "loss", "nats", "held-out", "floor", "seed", "band"),
)
