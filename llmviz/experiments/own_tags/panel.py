"""The picture of *Your own names*: one sentence as three models tag it, how well each finds names, the curve; and a closer look."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.lesson import Lesson
from llmviz.core.questions.tagging import TagWords
from llmviz.core.run import RunRef
from llmviz.core.settings import check
from llmviz.experiments.own_tags import EXPERIMENT, view
from llmviz.experiments.own_tags.question import TagOwnHeldOut
from llmviz.runs.engine import Engine
from llmviz.text.own_tags import Tagged
from llmviz.ui import ask, few_labels, lesson, live, sentence, tagged, visit
from llmviz.ui.beside import accuracies, beside, sides
from llmviz.ui.closer import Tab, chosen, network
from llmviz.ui.live import Seen
from llmviz.ui.tagged import MARKS, NOTE, Asked
from llmviz.views import accuracy_bars
from llmviz.views.rivals import Terms

F1 = catalogue.experiment(EXPERIMENT.name).metric("f1")
TERMS = Terms("f1", "F1", "tagged sentences", "names", (0.5, 0.8), "f1_lookup", "a mere list of the names in the sentences")
WORDS = "Words are what spaces divide, as in the tagged text."


@dataclass(frozen=True)
class Looking:
    """What the visitor looks into."""

    tab: str = chosen("mistakes", "network", "labels")

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not."""
        check(self)


def examples(text: Tagged) -> Lesson:
    """The page with sentences to try from this text."""
    tried = tuple(replace(each, label=lesson.plain(each.label)) for each in view.suggestions(text))  # a button reads Markdown
    return replace(EXPERIMENT.lesson, examples=dict.fromkeys(EXPERIMENT.texts, tried))


def claim(engine: Engine, seen: Seen, text: Tagged) -> str:
    """The title of the page: what the runs it shows have come to, or that its own is below a list of the names."""
    spec = visit.current().spec
    count = view.learnt(text, spec.objective.labels)
    other = beside(engine, spec).history
    pair = (seen.history, other) if spec.start else (other, seen.history)
    below = TERMS.shortfall(replace(spec, objective=replace(spec.objective, labels=max(2, count))), seen.history)
    return below or view.claim(text, count, TagOwnHeldOut().count, *pair)


def picture(engine: Engine, seen: Seen, text: Tagged) -> None:
    """Draw it for the sentence in the address."""
    address = visit.current()
    spec, other = address.spec, beside(engine, address.spec)
    typed, _ = sentence.shown(address, examples(text))
    tokens, strange = ask.read(engine, seen.run, typed)
    words = tuple(typed.split())

    above = st.container(key="rows_area")
    if seen.run or other.run:  # before that an empty chart would only push the button to train out of sight
        low_left, low_right = st.container(key="low_area").columns([0.37, 0.63], gap="large")
        with low_right:
            live.curve(seen, beside=accuracy_bars.curve(F1, spec, other.history))
        with low_left:
            accuracies(engine, seen, other, F1, "F1 on validation sentences")

    three = sides(spec, seen, other, view.learnt(text, spec.objective.labels))
    note = f"{NOTE.format(noun='name')}{MARKS} {WORDS}"
    asked = Asked(TagWords(words), words, text.tags, lambda those: view.truth(text, those), strange, note, tokens=tokens)
    with above:
        tagged.rows(engine, seen, other, three, asked)


def tabs(text: Tagged) -> Mapping[str, Tab]:
    """What can be looked into, for this text."""

    def mistakes(engine: Engine, seen: Seen, run: RunRef) -> None:
        """Which type is taken for which in held-out sentences."""
        tagged.mistakes(engine, seen, run, TagOwnHeldOut(visit.current().spec.objective.tags_digest), text.types, "name")

    return {
        "mistakes": Tab("Mistakes", mistakes),
        "network": Tab("The network", network),
        "labels": Tab("How few sentences?", few_labels.of("f1", most=view.learnt(text, few_labels.COUNTS[-1]))),
    }
