"""The picture of *Your own labels*: one text as three models classify it, how often each is right, the curve; and a closer look."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import truth
from llmviz.core.lesson import Lesson
from llmviz.core.questions.classification import Classify
from llmviz.core.settings import check
from llmviz.core.spec import RunSpec
from llmviz.experiments.own_labels import EXPERIMENT, view
from llmviz.experiments.own_labels.question import ClassifyTable
from llmviz.runs.engine import Engine
from llmviz.text.own_labels import Labelled
from llmviz.ui import ask, few_labels, lesson, live, mistakes, parts, sentence, visit
from llmviz.ui.beside import accuracies, beside, sides, train
from llmviz.ui.closer import Tab, chosen, network
from llmviz.ui.live import Seen
from llmviz.views import accuracy_bars, cards, words
from llmviz.views.cards import Card
from llmviz.views.sides import Side

ACCURACY = catalogue.experiment(EXPERIMENT.name).metric("accuracy")


@dataclass(frozen=True)
class Looking:
    """What the visitor looks into."""

    tab: str = chosen("mistakes", "labels", "network")

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not."""
        check(self)


def examples(table: Labelled) -> Lesson:
    """The page with sentences to try from this table."""
    tried = tuple(replace(each, label=lesson.plain(each.label)) for each in view.suggestions(table))  # a button reads Markdown
    return replace(EXPERIMENT.lesson, examples=dict.fromkeys(EXPERIMENT.texts, tried))


def claim(engine: Engine, seen: Seen, table: Labelled) -> str:
    """The title of the page: what the runs it shows have come to."""
    spec = visit.current().spec
    other = beside(engine, spec).history
    tested = min(ClassifyTable().count, len(view.parts(table)["test"]))
    if spec.foreign:
        return view.claim_of_real(view.learnt(table, spec.objective.labels), tested, seen.history, other)
    pair = (seen.history, other) if spec.start else (other, seen.history)
    return view.claim(view.learnt(table, spec.objective.labels), len(table.classes), tested, *pair)


def picture(engine: Engine, seen: Seen, table: Labelled) -> None:
    """Draw it for the text in the address."""
    address = visit.current()
    spec, shared, other = address.spec, live.shared(seen), beside(engine, address.spec)
    whose = examples(table)
    text, _ = sentence.shown(address, whose)
    _, strange = ask.read(engine, None if spec.foreign else seen.run, text)  # a tokenizer from elsewhere does not run in the server

    above = st.container(key="sides_area")
    if seen.run or other.run:  # before that an empty chart would only push the button to train out of sight
        low_left, low_right = st.container(key="low_area").columns([0.37, 0.63], gap="large")
        with low_right:
            live.curve(seen, beside=accuracy_bars.curve(ACCURACY, spec, other.history))
        with low_left:
            accuracies(engine, seen, other, ACCURACY, "Right on validation examples")

    first, second, third = sides(spec, seen, other, view.learnt(table, spec.objective.labels))
    after, refusal = _predicted(engine, seen, text, second, "after")
    beside_it, _ = _predicted(engine, other, text, third, "third")
    before = replace(after, side=replace(first, empty=after.side.empty))
    with above:
        told = cards.cards([before, after, beside_it], truth(sentence.suggested(address, whose), text))
        parts.cards(told, shared, key="cards", on_action=lambda _: train(engine, spec))
        if said := " ".join(filter(None, (refusal, strange))):
            st.caption(lesson.plain(said))


def _predicted(engine: Engine, seen: Seen, text: str, side: Side, slot: str) -> tuple[Card, str]:
    """One model's card, and why it has nothing to say."""
    if seen.run is None or not seen.history.snapshots:
        return Card(side), ""
    found = ask.answers(engine, seen.run, seen.history.snapshots, Classify(text), seen.patience, f"{slot} prediction")
    if found.refusal:
        return Card(replace(side, empty="There is no prediction for this text; the line below says why.")), words.sentence(found.refusal)
    return Card(replace(side, empty="The prediction is on its way."), found.known), ""


def _table(spec: RunSpec) -> ClassifyTable:
    """The held-out examples of the table that this run learns from."""
    return ClassifyTable(spec.objective.labels_digest)


def tabs(table: Labelled) -> Mapping[str, Tab]:
    """What can be looked into, for this table."""
    always = {"mistakes": Tab("Mistakes", mistakes.of(_table))}
    if visit.current().spec.foreign:  # a study of some forty runs would take hours, and all its tensors more memory than there is
        return always
    most = view.learnt(table, few_labels.COUNTS[-1])
    return always | {
        "labels": Tab("How few labels?", few_labels.of("accuracy", ("ngram", "chance"), most), always=True),
        "network": Tab("The network", network),
    }
