"""A sentence, drawn by bertviz."""

from dataclasses import dataclass
from typing import ClassVar

from llmviz.core.questions.base import Answer, Question

VIEWS = ("head", "model", "neuron")


@dataclass(frozen=True)
class Page(Answer):
    """A page of HTML that draws itself without asking anyone for anything: scripts and data lie in it.

    `tokens` counts what the sentence has and `drawn` how many of them the view shows; it grows with their square.
    """

    html: str
    tokens: int
    drawn: int


@dataclass(frozen=True)
class Bertviz(Question[Page]):
    """One of bertviz's VIEWS of a sentence; `layer` and `head` are those it opens on."""

    answered_by: ClassVar[str] = "llmviz.experiments.attention_maps.answer"
    answer: ClassVar[type[Answer]] = Page

    text: str
    view: str
    layer: int = 0
    head: int = 0
