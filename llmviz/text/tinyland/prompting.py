"""What a GPT goes on reading before it is prompted: lists, an almanac, sheets of questions. With Tinyland's own text it is one mixture.

Large text has all of these in it (Brown et al. 2020, section 1.1: tasks that lie in the text as it is). Nothing of them is in the text that
a GPT is pretrained on here, so what they bring can be seen.
"""

from collections.abc import Callable, Mapping
from functools import cache
from random import Random

from llmviz.text.splits import split
from llmviz.text.tinyland import corpus, dialogues, lists

Texts = Mapping[str, tuple[str, ...]]  # by split
SOURCES: Mapping[str, tuple[Callable[[Random], str], int]] = {  # how a text is drawn, and how many are
    "lists": (lists.listed, 30_000),
    "almanac": (lists.almanac, 12_000),
    "sheets": (dialogues.sheet, 20_000),
}


@cache
def new_words() -> tuple[str, ...]:
    """The words that Tinyland has not, sorted. They stand behind its vocabulary in this order, so that every old word keeps its id."""
    return tuple(sorted((lists.words() | dialogues.words()) - frozenset(corpus.words())))


@cache
def texts(source: str) -> Texts:
    """The texts of one source by split, each once."""
    draw, count = SOURCES[source]
    random = Random(f"{source} {lists.VERSION} {dialogues.VERSION}")
    return split(draw(random) for _ in range(count))
