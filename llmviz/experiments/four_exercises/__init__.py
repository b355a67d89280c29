"""Four objectives on one sentence: the facts of its page."""

from collections.abc import Mapping
from types import MappingProxyType

from llmviz.core.lesson import Example, Lesson
from llmviz.core.texts import TEXTS

EXAMPLES: Mapping[str, tuple[Example, ...]] = MappingProxyType(
    {
        "tinyland": (
            Example("an animal", TEXTS["tinyland"].spanned),
            Example("a story", "Anna found a dog near the river . every dog barks . she went home happy ."),
            Example("an opinion", "the film was dull . we hated it ."),
            Example("one sentence", TEXTS["tinyland"].sentence),
            Example("a new word", "Leo saw a zebra by the lake . every zebra croaks ."),
        ),
    }
)

LESSON = Lesson(
    "four-exercises",
    "The text itself is the label, in four ways",
    (3,),
    ("B1",),
    terms=("token", "label", "pretraining", "loss", "nats", "[MASK]", "sentinel"),
    examples=EXAMPLES,
)
