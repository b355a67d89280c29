"""The start, both phases as one story on one model: the facts of its page."""

from collections.abc import Mapping
from types import MappingProxyType

from llmviz.core.glossary import RUN
from llmviz.core.lesson import FIRST_PAGE, Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.questions.cloze import Cloze
from llmviz.core.texts import TEXTS

EXAMPLES: Mapping[str, tuple[Example, ...]] = MappingProxyType(
    {
        "tinyland": (
            Example("positive", TEXTS["tinyland"].opinion, (TEXTS["tinyland"].telling,), truth="positive"),
            Example("negative", "we went to see a film . it was dull and we felt sad .", (9,), truth="negative"),
            Example("negation", "the play was not dull . we loved it .", (7,), truth="positive"),
            Example("a verb", "nobody liked the concert .", (1,), truth="negative"),
        ),
        "reviews": (
            Example("negative", TEXTS["reviews"].opinion, (TEXTS["reviews"].telling,), truth="negative"),
            Example("positive", "a warm and funny film with a great cast .", (7,), truth="positive"),
        ),
    }
)

TOP = 3  # candidates for the hidden word that the page has room for


def openings(stage: str, text: str) -> Openings:
    """What it asks of a model first: the word that says the mood of the text's own opinion."""
    asked = TEXTS[text]
    return (Cloze(asked.opinion, (asked.telling,), top=TOP),) if stage == "mlm" and asked.opinion else ()


LESSON = Lesson(
    FIRST_PAGE,
    "First a model reads, then it is taught",
    (1, 2),
    ("A1", "A2", "E1"),
    terms=("token", "label", "pretraining", "fine-tuning", "head", *RUN, "chance"),
    examples=EXAMPLES,
    openings=openings,
)
