"""The skeleton of a page: what it opens, its head, the row that trains a run, the panel that follows it, and its foot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.address import USUAL, Address
from llmviz.core.experiment import Experiment
from llmviz.core.lesson import Lesson
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.runs.engine import Engine
from llmviz.ui import controls, known, lecture, lesson, live, microscope, notes, path, sentence, shown, states, visit
from llmviz.ui.engine import engine
from llmviz.ui.live import Seen
from llmviz.views import words


@dataclass(frozen=True)
class Page:
    """A page about one run: who answers for it, and how the run stands. Each method draws a part of the page where it is called."""

    engine: Engine
    seen: Seen

    @property
    def address(self) -> Address:
        """What the visitor asks of it, as it is now."""
        return visit.current()

    @property
    def spec(self) -> RunSpec:
        """The run its address describes."""
        return self.address.spec

    def head(self, eyebrow: str, title: str, lead: str, colour: str = "pretrained", elsewhere: Sequence[str] = ()) -> None:
        """Draw place, badge, claim and lead, then what could not be read from the address and is not explained `elsewhere`."""
        lesson.header(eyebrow, states.badge(self.seen.status, self.seen.history, colour), title, lead)
        lesson.notes(*elsewhere)

    def sentence(self, whose: Lesson | None = None) -> None:
        """Draw the visitor's sentence, the suggested ones, and the words the model knows; `whose` examples: a page's own."""
        sentence.box(self.address, whose)
        if not self.spec.foreign:  # of a model from elsewhere the words are pieces by the ten thousand
            known.row(self.engine, self.seen, whose)

    def panel(
        self,
        draw: Callable[[Seen], None],
        choice: Callable[[], None] | None = None,
        share: float = 0.66,
        beside: Callable[[], Seen] | None = None,
        awake: bool = False,
        missing: str = "",
    ) -> None:
        """Draw the picture of the run, which follows it while it trains, and below it the buttons and what is trained.

        A `choice` of the page stands beside the buttons, which keep this share of the width. A second run may be shown `beside` it;
        `awake` says that more moves in the picture than these. What is `missing` before anything can be trained is said, and closes the
        button.
        """
        picture = st.container()
        if choice:
            buttons, place = st.columns([share, 1 - share], vertical_alignment="center")
            with buttons:
                controls.row(self.engine, self.seen, missing)
            with place:
                choice()
        else:
            controls.row(self.engine, self.seen, missing)
        line = controls.facts(catalogue.experiment(self.spec.stage), self.seen)
        with picture:
            live.panel(self.engine, self.seen, line, draw, beside, awake)

    def foot(self, first: Sequence[str] = (), opened: bool = True) -> None:
        """Draw the source of the text, one training step to be `opened`, the notes (of the page's own `first`), and the page's terms."""
        text = TEXTS[self.spec.text.name]
        if text.attribution and words.read(self.spec):
            st.caption(f"{text.title}: {text.attribution}.")
        if opened and not self.spec.foreign:
            microscope.fold(self.engine, self.seen)
        notes.fold(self.engine, self.seen, self.spec, first)


def of_run(there: Lesson, stages: Sequence[Experiment], beats: Sequence[Sequence[str]], view: Any = None, text: TextSpec = USUAL) -> Page:
    """Open a page about one run of these experiments, in a lecture at its beat.

    `view` has the page's own settings as they are at first; `text` is what its run reads where nothing else is said.
    """
    path.follow()
    runs = engine()
    visit.open(there.page, [each.name for each in stages], runs.spec, view, text)
    page = Page(runs, live.look(runs, shown.run(runs)))
    lecture.beats(beats)
    return page
