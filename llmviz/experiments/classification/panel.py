"""The picture of *Before and after*: the sentence and what carries its label, three models side by side, how often each is right."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import truth
from llmviz.core.questions.classification import Classify
from llmviz.experiments.classification import view
from llmviz.experiments.classification.question import Attribute, Reasons
from llmviz.experiments.classification.view import Word
from llmviz.runs.engine import Engine
from llmviz.text.words import in_words, spelt, without
from llmviz.ui import ask, live, parts, question, sentence, visit
from llmviz.ui.beside import accuracies, beside, sides, train
from llmviz.ui.live import Seen
from llmviz.views import accuracy_bars, cards, words
from llmviz.views.cards import Card
from llmviz.views.rivals import Terms
from llmviz.views.sides import Side

ACCURACY = catalogue.experiment("sentiment").metric("accuracy")
QUIZ = "quiz_labels"
TERMS = Terms("accuracy", "accuracy", "labels", "", (0.6, 0.85), "chance", "chance")
NOTE = "Bar under a word: how far it pushes the prediction, left to negative, right to positive. Click a word to leave it out."


@dataclass(frozen=True)
class Predicted:
    """What one run makes of the sentence, by step."""

    card: Card
    reasons: Mapping[int, Reasons] = field(default_factory=dict)
    refusal: str = ""


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the sentence in the address, without the words left out there."""
    address = visit.current()
    spec, shared, other = address.spec, live.shared(seen), beside(engine, address.spec)
    text, left_out = sentence.shown(address)
    tokens, strange = ask.read(engine, seen.run, text)
    words = [Word(spelt(word), all(token.known for token in word)) for word in in_words(tokens)]
    left_out = tuple(place for place in left_out if place < len(words))
    read = without([word.text for word in words], left_out) if left_out else text

    above, middle = st.container(key="strip_area"), st.container(key="cards_area")
    low_left, low_right = st.container(key="low_area").columns([0.37, 0.63], gap="large")
    withheld = question.withheld(QUIZ)
    with low_right:
        live.curve(seen, beside=[] if withheld else accuracy_bars.curve(ACCURACY, spec, other.history))
    with low_left:
        accuracies(engine, seen, other, ACCURACY, "Right on validation examples", withheld)

    first, second, third = sides(spec, seen, other)
    after = _predicted(engine, seen, read, second, "after")
    before = replace(after.card, side=replace(first, empty=after.card.side.empty))
    beside_it = _predicted(engine, other, read, third, "third").card
    with middle:
        told = cards.cards([before, after.card, beside_it], truth(sentence.suggested(address), read))
        parts.cards(told, shared, key="cards", on_action=lambda _: train(engine, spec))
    reasons = {step: found for step, found in after.reasons.items() if len(found.words) == len(words) - len(left_out)}
    note = " ".join(filter(None, (visit.problems().get("hide", ""), after.refusal, strange))) or ("" if address.lecture else NOTE)
    with above:
        parts.weighed(view.sentence(words, left_out, reasons, note), shared, key="weighed", on_out=sentence.hide)


def _predicted(engine: Engine, seen: Seen, text: str, side: Side, slot: str) -> Predicted:
    if seen.run is None or not seen.history.snapshots:
        return Predicted(Card(side))
    found = ask.answers(engine, seen.run, seen.history.snapshots, Classify(text), seen.patience, f"{slot} prediction")
    if found.refusal:
        refused = replace(side, empty="There is no prediction for this sentence; the line above says why.")
        return Predicted(Card(refused), refusal=words.sentence(found.refusal))
    reasons = ask.answers(engine, seen.run, seen.history.snapshots, Attribute(text), seen.patience, f"{slot} reasons")
    notes = {step: view.note(each) for step, each in reasons.known.items()}
    return Predicted(Card(replace(side, empty="The prediction is on its way."), found.known, notes), reasons.known)
