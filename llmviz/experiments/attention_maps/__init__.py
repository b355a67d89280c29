"""Attention maps, where each head looks: the facts of its page."""

from collections.abc import Mapping
from types import MappingProxyType

from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.attention import Attend
from llmviz.core.questions.base import Openings
from llmviz.core.questions.heads import Heads
from llmviz.core.texts import TEXTS

EXAMPLES: Mapping[str, tuple[Example, ...]] = MappingProxyType(
    {
        "tinyland": (
            Example("a capital", TEXTS["tinyland"].sentence),
            Example("two sentences", "Anna found a dog near the river . the dog barks ."),
            Example("a far verb", "Anna is a baker and lives in Paris ."),
            Example("two capitals", "in Spain , Madrid is the capital . people of Italy call Rome the capital ."),
        ),
        "library": (
            Example("a place", TEXTS["library"].sentence),
            Example("a word twice", "The film begins well, but the film ends badly."),
            Example("a far verb", "The laws that the Congress of the United States has passed are good."),
        ),
        "sotu": (
            Example("the people", TEXTS["sotu"].sentence),
            Example("a word twice", "our country needs peace , and peace needs our country ."),
        ),
        "wiki": (
            Example("a place", TEXTS["wiki"].sentence),
            Example("a word twice", "the river flows through the city , and the city has a port ."),
        ),
        "reviews": (
            Example("a contrast", TEXTS["reviews"].sentence),
            Example("a word twice", "the film begins well , but the film ends badly ."),
        ),
        "requests": (
            Example("a room", TEXTS["requests"].sentence),
            Example("two durations", "add 24 seconds to my timer for 100 minutes"),
        ),
    }
)

READ = ("mlm", "clm")  # the experiments whose runs it looks at


def openings(stage: str, text: str) -> Openings:
    """What it asks of a model first: the maps of the text's own sentence, and what its heads look for."""
    if stage not in READ:
        return ()
    # Other texts would have to be prepared first; who opens the page on one waits a second for the names of its heads, and of the library
    # would wait for half a minute.
    return (Attend(TEXTS[text].sentence), *((Heads(text),) if text in ("tinyland", "library") else ()))


LESSON = Lesson(
    "attention-maps",
    "Where each head of BERT and of GPT looks",
    (8,),
    terms=("token", "pretraining", "attention head", *RUN, "seed"),
    examples=EXAMPLES,
    openings=openings,
)
