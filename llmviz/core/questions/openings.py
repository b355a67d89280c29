"""The questions a page opens with. A recording keeps their answers, so that the first picture needs no worker."""

from llmviz.core.questions.attention import Attend
from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.heads import Heads
from llmviz.core.questions.vocabulary import KINDS, Compare, Count, Grow, Learn
from llmviz.core.texts import TEXTS

FIRST_SIZE = 1_000  # entries of the vocabularies that a page opens with: frequent words are one piece, others are not
STORY_TOP = 3  # candidates for the hidden word that the start page has room for

Openings = tuple[Question[Answer], ...]


def attention(text: str) -> Openings:
    """What the page on attention asks of a model first."""
    # Other texts would have to be prepared first; who opens that page waits a second for the names of its heads.
    return (Attend(TEXTS[text].sentence), *((Heads(text),) if text == "tinyland" else ()))


def studies(text: str) -> Openings:
    """The questions that a page on vocabularies asks of a text first."""
    return (*(Learn(text, kind, FIRST_SIZE) for kind in KINDS), Count(text), Grow(text), Compare(text, FIRST_SIZE))
