"""The picture of *Before and after*: the sentence and what carries its label, three models side by side, how often each is right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import GPTS, truth
from llmviz.core.history import Curve, History
from llmviz.core.kept import Kept
from llmviz.core.questions.classification import Classify
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.experiments.classification import accuracy_view, labels_view, view
from llmviz.experiments.classification.question import Attribute
from llmviz.experiments.classification.view import Card, Word
from llmviz.runs.engine import Engine
from llmviz.text.words import in_words, spelt, without
from llmviz.ui import ask, controls, live, parts, question, sentence, states, visit
from llmviz.ui.live import Seen
from llmviz.views import words

LABELS = "riddle_labels"
NOTE = "Bar under a word: how far it pushes the prediction, left to negative, right to positive. Click a word to leave it out."


def rival(spec: RunSpec) -> RunSpec | None:
    """The same recipe from random weights; of a run that has none, with the pretrained model of its kind, if one reads these texts."""
    if spec.start:
        return replace(spec, inputs=starting_from(None))
    stage = "clm" if spec.model.architecture in GPTS else "mlm"
    if stage not in catalogue.origins(catalogue.experiment(spec.stage), spec.text.name):
        return None
    return replace(spec, inputs=starting_from(replace(preset(stage, spec.text), model=spec.model, seed=spec.seed)))


def claim(engine: Engine, seen: Seen) -> str:
    """The title of the page: what the two runs it shows have come to; a question while one of them is withheld."""
    spec = visit.current().spec
    other = beside(engine, spec)
    theirs = History() if question.withheld(LABELS) else other.history
    pair = (seen.history, theirs) if spec.start else (theirs, seen.history)
    return labels_view.claim(spec.objective.labels, *pair)


def beside(engine: Engine, spec: RunSpec) -> Seen:
    """The run of the rival as it is now, if there is one: the recording, else the newest on this machine."""
    other = rival(spec)
    return live.look(engine, (engine.recorded(other) or engine.find(other)) if other else None)


@dataclass(frozen=True)
class Predicted:
    """What one run makes of the sentence, by step."""

    card: Card
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
    withheld = question.withheld(LABELS)
    with low_right:
        live.curve(seen, beside=[] if withheld else accuracy_view.curve(spec, other.history))
    with low_left, st.container(key="accuracy_area"):
        shelf, came_with = engine.shelf(), accuracy_view.finished(engine.learning_curves())
        validated = _validated(engine, [each for each in (spec, rival(spec)) if each], shelf)
        drawn = accuracy_view.accuracies(spec, seen.history, rival(spec), other.history, [*came_with, *shelf], validated, withheld)
        parts.accuracy_bars(drawn, shared, key="accuracy_bars")

    after = _predicted(engine, seen, read, Card("After", _after(spec), _phase(spec), empty=_nothing(seen, "Press Train live.")), "after")
    third = _predicted(engine, other, read, _third(spec, other), "third")
    if not seen.history.snapshots:  # there is no slider to follow
        third = replace(third, card=replace(third.card, pinned="last"))
    before = replace(after.card, title="Before", about=_before(spec), phase="pretrained" if spec.start else "random", pinned="first")
    with middle:
        told = view.cards([before, after.card, third.card], truth(sentence.suggested(address), read))
        parts.cards(told, shared, key="cards", on_action=lambda _: train(engine, spec))
    reasons = {step: found for step, found in after.card.reasons.items() if len(found.words) == len(words) - len(left_out)}
    note = " ".join(filter(None, (visit.problems().get("hide", ""), after.refusal, strange))) or ("" if address.lecture else NOTE)
    with above:
        parts.weighed(view.sentence(words, left_out, reasons, note), shared, key="weighed", on_out=sentence.hide)


def _validated(engine: Engine, specs: Sequence[RunSpec], shelf: Sequence[Kept]) -> dict[str, float]:
    """The last share on validation examples of all siblings of these, by the id of their spec, where it is known."""
    came_with = {each.spec.id: each.scores["accuracy"][-1] for each in engine.learning_curves() if each.scores.get("accuracy")}
    kept = {id: each for spec in specs for id, each in accuracy_view.siblings(spec, shelf).items() if id not in came_with}
    read = {id: engine.history(each.run).scores.get("accuracy", Curve()).last for id, each in kept.items()}
    return {**came_with, **{id: share for id, share in read.items() if share is not None}}


def train(engine: Engine, spec: RunSpec) -> None:
    """Train the rival of this spec beside the run the page shows. A refusal of the engine is said below the buttons."""
    other = rival(spec)
    if other is None:
        return
    try:
        engine.train(other, visit.viewer())
    except ValueError as problem:
        st.session_state[controls.REFUSED] = str(problem)


def _predicted(engine: Engine, seen: Seen, text: str, card: Card, slot: str) -> Predicted:
    if seen.run is None or not seen.history.snapshots:
        return Predicted(card)
    found = ask.answers(engine, seen.run, seen.history.snapshots, Classify(text), seen.patience, f"{slot} prediction")
    if found.refusal:
        return Predicted(
            replace(card, empty="There is no prediction for this sentence; the line above says why."), words.sentence(found.refusal)
        )
    reasons = ask.answers(engine, seen.run, seen.history.snapshots, Attribute(text), seen.patience, f"{slot} reasons")
    return Predicted(replace(card, predictions=found.known, reasons=reasons.known, empty="The prediction is on its way.", action=""))


def _third(spec: RunSpec, other: Seen) -> Card:
    if spec.start:
        card = Card("From scratch", f"random start, the same {spec.objective.labels:,} labels", "random", action="Train from scratch too")
    else:
        card = Card(
            "With pretraining",
            f"pretrained, then the same {spec.objective.labels:,} labels",
            "finetuned",
            action="Train with pretraining too",
        )
    if rival(spec) is None:
        return replace(card, empty="No model of this kind was pretrained on these texts.", action="")
    if other.under_way:
        return replace(card, empty=_nothing(other, ""), action="")
    return replace(card, empty="Not trained with these settings yet.")


def _nothing(seen: Seen, otherwise: str) -> str:
    if seen.status is None:
        return f"Not trained with these settings yet. {otherwise}".strip()
    return words.sentence(states.line(seen.status, seen.history, visit.current().spec).text)


def _phase(spec: RunSpec) -> str:
    return "finetuned" if spec.start else "random"


def _before(spec: RunSpec) -> str:
    return "pretrained; its new head begins at zero" if spec.start else "random weights: knows nothing"


def _after(spec: RunSpec) -> str:
    begun = "pretrained" if spec.start else "random start"
    return f"{begun}, then {spec.objective.labels:,} labels, {words.counted(spec.train.steps, 'step')}"


def predict(engine: Engine, seen: Seen) -> None:
    """Draw the question: how far the same labels come without pretraining, or with it. The other run tells, once it is done."""
    spec = visit.current().spec
    other = beside(engine, spec)
    ended = other.ended
    riddle = labels_view.WITHOUT if spec.start else labels_view.WITH
    reveal = (lambda: labels_view.outcome(seen.history, other.history)) if ended else None
    question.draw(question.GUESS, riddle, LABELS, reveal, never="The model beside it has not been measured yet.")
