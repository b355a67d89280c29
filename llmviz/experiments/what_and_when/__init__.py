"""What is learnt when, by probes of three models: the facts of its page."""

from llmviz.core.lesson import Lesson

LESSON = Lesson(
    "what-and-when",
    "Grammar, meaning and facts, asked while models learn",
    (3,),
    ("B6",),
    terms=("pretraining", "loss", "nats", "chance", "seed", "band", "probe"),
)
