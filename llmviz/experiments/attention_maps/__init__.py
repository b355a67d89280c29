"""Attention maps, where each head looks: the facts of its page."""

from collections.abc import Mapping
from types import MappingProxyType

from llmviz.core.glossary import RUN
from llmviz.core.lesson import Example, Lesson
from llmviz.core.texts import TEXTS

EXAMPLES: Mapping[str, tuple[Example, ...]] = MappingProxyType(
    {
        "tinyland": (
            Example("a capital", TEXTS["tinyland"].sentence),
            Example("two sentences", "Anna found a dog near the river . the dog barks ."),
            Example("a far verb", "Anna is a baker and lives in Paris ."),
            Example("two capitals", "in Spain , Madrid is the capital . people of Italy call Rome the capital ."),
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
    }
)

LESSON = Lesson(
    "attention-maps",
    "Where each head of BERT and of GPT looks",
    (8,),
    terms=("token", "pretraining", "attention head", *RUN, "seed"),
    examples=EXAMPLES,
)
