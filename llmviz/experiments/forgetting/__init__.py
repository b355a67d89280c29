"""What fine-tuning leaves of pretraining (catastrophic forgetting, McCloskey and Cohen 1989): the facts of its page."""

from types import MappingProxyType

from llmviz.core.experiment import default
from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.texts import TEXTS
from llmviz.experiments.forgetting.question import Recall

TASKS = ("sentiment", "entities", "answers")

EXAMPLES = MappingProxyType(
    {
        "tinyland": (
            default("tinyland", "a capital"),
            Example("a sound", "listen , this owl hoots again .", (4,)),
            Example("a person", "Anna is a baker and lives in Paris .", (3, 7)),
            Example("a mood", "the film was dull . we hated it .", (3, 6)),
        ),
        "reviews": (
            default("reviews", "an opinion"),
            Example("a noun", "this is the best film i have seen .", (5,)),
        ),
        "requests": (
            default("requests", "a room"),
            Example("a unit", "set a timer for 20 minutes", (5,)),
        ),
        "wiki": (
            default("wiki", "a place"),
            Example("a person", "he was an american film director .", (3,)),
        ),
    }
)


def openings(stage: str, text: str) -> Openings:
    """The question that this page asks of a fine-tuned run first."""
    return (Recall(TEXTS[text].sentence, TEXTS[text].hidden),) if stage in TASKS else ()


LESSON = Lesson(
    "forgetting",
    "What fine-tuning leaves of pretraining",
    (4, 9, 10),
    ("E4",),
    terms=("pretraining", "fine-tuning", "head", *RUN, "probe", "seed"),
    examples=EXAMPLES,
    openings=openings,
)
