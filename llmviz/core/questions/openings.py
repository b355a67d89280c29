"""The questions a page opens with. A recording keeps their answers, so that the first picture needs no worker."""

from llmviz.core.questions.attention import Attend
from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.follows import Follows
from llmviz.core.questions.generation import Generate
from llmviz.core.questions.heads import Heads
from llmviz.core.questions.reasons import Attribute
from llmviz.core.questions.spans import Fill
from llmviz.core.questions.verdict import Judge
from llmviz.core.questions.vocabulary import KINDS, Compare, Count, Grow, Learn
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS

FIRST_SIZE = 1_000  # entries of the vocabularies that a page opens with: frequent words are one piece, others are not
STORY_TOP = 3  # candidates for the hidden word that the start page has room for


def openings(spec: RunSpec) -> tuple[Question[Answer], ...]:
    """The questions that the pages on runs of this stage and text ask first."""
    text = TEXTS[spec.text.name]
    # Other texts would have to be prepared first; who opens that page waits a second for the names of its heads.
    maps = (Attend(text.sentence), *((Heads(text.name),) if text.name == "tinyland" else ()))
    told = (Cloze(text.opinion, (text.telling,), top=STORY_TOP),) if text.opinion else ()
    first: dict[str, tuple[Question[Answer], ...]] = {
        "mlm": (Cloze(text.sentence, text.hidden), *maps, *told),
        "clm": (Generate(text.beginning), *maps),
        "nsp": (Follows(*text.pair),),
        "span": (Fill(text.spanned, text.spans),) if text.spanned else (),
        "sentiment": (Judge(text.opinion), Attribute(text.opinion)),
    }
    return first.get(spec.stage, ())


def studies(text: str) -> tuple[Question[Answer], ...]:
    """The questions that a page on vocabularies asks of a text first."""
    return (*(Learn(text, kind, FIRST_SIZE) for kind in KINDS), Count(text), Grow(text), Compare(text, FIRST_SIZE))
