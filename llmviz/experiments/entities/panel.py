"""The picture of *Names in a text*: one text as three models tag it, how well each finds names, the curve; and a closer look."""

from dataclasses import dataclass

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import truth
from llmviz.core.questions.layers import TAGS
from llmviz.core.questions.tagging import Tag
from llmviz.core.run import RunRef
from llmviz.core.settings import check
from llmviz.experiments.entities import EXPERIMENT, view
from llmviz.experiments.entities.question import TagHeldOut
from llmviz.runs.engine import Engine
from llmviz.text.tagged import kinds, source, tags
from llmviz.text.words import in_words, spelt
from llmviz.ui import ask, few_labels, inside, live, methods, question, sentence, tagged, visit
from llmviz.ui.beside import accuracies, beside, sides
from llmviz.ui.closer import Tab, attention, chosen, network
from llmviz.ui.live import Seen
from llmviz.ui.tagged import MARKS, NOTE, Asked
from llmviz.views import accuracy_bars
from llmviz.views.rivals import Terms

F1 = catalogue.experiment(EXPERIMENT.name).metric("f1")
QUIZ = "names_quiz"
TERMS = {
    "tinyland": Terms("f1", "F1", "labelled texts", "names", (0.5, 0.8), "f1_lookup", "a mere list of the names in the labels"),
    "requests": Terms("f1", "F1", "labelled requests", "slots", (0.5, 0.8), "f1_lookup", "a mere list of the words in the labels"),
    "wiki": Terms("f1", "F1", "labelled texts", "names", (0.2, 0.35), "f1_lookup", "a mere list of the names in the labels"),
}
LEADS = {
    "tinyland": "Every word gets a tag. A third of the names was in no label: whoever finds them has read of them before, or reads the "
    "sentence.",
    "requests": "Every word gets a tag: the slot that it fills, or none. A third of the rooms, devices and other names was in no label: "
    "whoever finds them has read of them before, or reads the request.",
    "wiki": "Distant supervision: tags come from a list of article titles, not from a person; what the list lacks counts as a mistake. A "
    "third of these titles was in no label, and the model sees no capitals.",
}


@dataclass(frozen=True)
class Looking:
    """What the visitor looks into."""

    tab: str = chosen("mistakes", "attention", "network", "inside", "labels", "costs")

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not."""
        check(self)


def _mistakes(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Which kind of name or slot is taken for which."""
    text = visit.current().spec.text
    told = view.noise if text.name in EXPERIMENT.distant else lambda _: ""
    tagged.mistakes(engine, seen, run, TagHeldOut(text.name), kinds(text), source(text).noun, told)


TABS = {
    "mistakes": Tab("Mistakes", _mistakes),
    "attention": Tab("Attention", attention),
    "network": Tab("The network", network),
    "inside": Tab("What changed inside", inside.of(TAGS, "words")),
    "labels": Tab("How few labels?", few_labels.of("f1"), always=True),
    "costs": Tab("What it costs", methods.of("f1"), always=True),
}


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the text in the address."""
    address = visit.current()
    spec, other = address.spec, beside(engine, address.spec)
    text, _ = sentence.shown(address)
    tokens, strange = ask.read(engine, seen.run, text)
    spelling = [spelt(word) for word in in_words(tokens)]

    above = st.container(key="rows_area")
    low_left, low_right = st.container(key="low_area").columns([0.37, 0.63], gap="large")
    withheld = question.withheld(QUIZ)
    with low_right:
        live.curve(seen, beside=[] if withheld else accuracy_bars.curve(F1, spec, other.history))
    with low_left:
        accuracies(engine, seen, other, F1, "F1 on validation texts", withheld)

    told, suggested = source(spec.text), tuple(truth(sentence.suggested(address), text).split())
    true = view.truth if spec.text.name == "tinyland" else lambda _: suggested
    note = NOTE.format(noun=told.noun) + ("" if spec.text.name in EXPERIMENT.distant else MARKS)  # there nobody knows the truth
    asked = Asked(Tag(text), spelling, tags(spec.text), true, strange, note, told.groups, tokens)
    with above:
        tagged.rows(engine, seen, other, sides(spec, seen, other), asked)
