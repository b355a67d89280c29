"""The lecture's ten slides, and what a page says of itself: which of them it shows, and the terms it explains."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from llmviz.core.questions.base import Openings

FIRST_PAGE = ""  # the address of the page the app opens on


@dataclass(frozen=True)
class Slide:
    """One slide: its number in the lecture, and what it says."""

    number: int
    title: str


@dataclass(frozen=True)
class Example:
    """A sentence to try: what the button says, the sentence, the places of its hidden tokens, and of a pair the `second` part.

    `truth` is the true label of an opinion: what a model that classifies it should say.
    """

    label: str
    sentence: str
    hidden: tuple[int, ...] = ()
    second: str = ""
    truth: str = ""


@dataclass(frozen=True)
class Lesson:
    """One page: its place in the address, what it shows in a line, the numbers of its slides, and the claims of the lecture it carries.

    A page that is a `detail` adds to its slides what they do not say themselves. `terms` are the words of the glossary it explains, in the
    glossary's order. `examples` are, by text, the sentences it suggests where those of the run's experiment will not do; it opens with
    the first.
    Besides what the page of an experiment asks of its runs, `openings` are, by experiment and text, the questions that this page asks of
    such a run first, and `text_openings`, by text, those that it asks of a text.
    """

    page: str
    title: str
    slides: tuple[int, ...]
    claims: tuple[str, ...] = ()
    detail: bool = False
    terms: tuple[str, ...] = ()
    examples: Mapping[str, tuple[Example, ...]] = field(default_factory=lambda: MappingProxyType({}))
    openings: Callable[[str, str], Openings] = lambda stage, text: ()
    text_openings: Callable[[str], Openings] = lambda text: ()

    @property
    def label(self) -> str:
        """Its slides in a word or two: `3, 6`, `also 3`."""
        return f"{'also ' * self.detail}{', '.join(map(str, self.slides))}"

    @property
    def said(self) -> str:
        """The same in full: `Slides 3, 6`, `Also slide 3`."""
        return f"{'Also slide' if self.detail else 'Slide'}{'s' * (len(self.slides) > 1)} {', '.join(map(str, self.slides))}"


SLIDES = (
    Slide(1, "Two phases: general pretraining, then adaptation"),
    Slide(2, "The workflow: pretrained, transferred, fine-tuned"),
    Slide(3, "Pretraining: no labels; grammar, meaning, facts"),
    Slide(4, "Fine-tuning: labelled data for one task"),
    Slide(5, "The two side by side: task, data, goal"),
    Slide(6, "BERT: two objectives, then layers for tasks"),
    Slide(7, "GPT: next token, then instructions and safety"),
    Slide(8, "The architecture of GPT"),
    Slide(9, "Table of differences, from data to flexibility"),
    Slide(10, "Two lists: broad understanding, task adaptation"),
)
