"""Tokenization, what a model reads and how it is learnt from a text: the facts of its page."""

from collections.abc import Mapping
from types import MappingProxyType

from llmviz.core.lesson import Example, Lesson
from llmviz.core.questions.base import Openings
from llmviz.core.questions.vocabulary import KINDS, Compare, Count, Grow, Learn
from llmviz.core.texts import TEXTS

EXAMPLES: Mapping[str, tuple[Example, ...]] = MappingProxyType(
    {
        "tinyland": (
            Example("a new word", "the unhappy dog barks in Paris ."),
            Example("known words", TEXTS["tinyland"].sentence),
            Example("new letters", "the 🦉 hoots at a żółw ."),
            Example("one long word", "counterrevolutionaries"),
        ),
        "sotu": (
            Example("a new word", "The unhappiest president tweets."),
            Example("the people", "The people of the United States are free."),
            Example("new letters", "The 🦉 says żółw."),
            Example("one long word", "counterrevolutionaries"),
        ),
        "wiki": (
            Example("a new word", "The unhuggable robot tweets."),
            Example("a place", "It is a city in the south of France."),
            Example("new letters", "The 🦉 says żółw."),
            Example("one long word", "counterrevolutionaries"),
        ),
        "reviews": (
            Example("a new word", "An unbingeable show about blockchains."),
            Example("an opinion", "The acting is good but the story is bad."),
            Example("new letters", "The 🦉 says żółw."),
            Example("one long word", "counterrevolutionaries"),
        ),
    }
)

FIRST_SIZE = 1_000  # entries of the vocabularies that the page opens with: frequent words are one piece, others are not


def text_openings(text: str) -> Openings:
    """What it asks of a text first: three vocabularies, its words, and how many tokens a word needs."""
    return (*(Learn(text, kind, FIRST_SIZE) for kind in KINDS), Count(text), Grow(text), Compare(text, FIRST_SIZE))


LESSON = Lesson(
    "tokens",
    "What a model reads is tokens, not words",
    (3,),
    ("B7",),
    terms=("token", "pretraining"),
    examples=EXAMPLES,
    text_openings=text_openings,
)
