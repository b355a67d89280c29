"""The picture of *Text to text*: what one T5 reads and writes, with pretraining and without; the curve, a table of tasks, a closer look."""

from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.experiment import truth
from llmviz.core.history import History
from llmviz.core.settings import check
from llmviz.core.spec import preset
from llmviz.core.update import Done
from llmviz.experiments.text_to_text import view
from llmviz.experiments.text_to_text.question import Write, Written
from llmviz.experiments.text_to_text.view import Alone
from llmviz.runs.engine import Engine
from llmviz.ui import ask, live, parts, question, sentence, visit
from llmviz.ui.ask import Asked
from llmviz.ui.beside import beside, train
from llmviz.ui.closer import Tab, chosen, network
from llmviz.ui.live import Seen
from llmviz.views import words

QUIZ = "worst_task"
FORM = "Every task is text in, text out: the word before the colon says which. Type one of your own in the same form."
NOT_YET = "What it writes appears here as soon as there is a trained model."
NEVER = "This run has not been measured on its three tasks."
TABS = {"network": Tab("The network", network)}


@dataclass(frozen=True)
class Looking:
    """What the visitor looks into."""

    tab: str = chosen(*TABS)

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not."""
        check(self)


def claim(seen: Seen) -> str:
    """The title of the page; a general one while its figures are withheld."""
    return view.claim(History() if question.withheld(QUIZ) else seen.history)


def predict(seen: Seen) -> None:
    """Draw the question: which task it does worst."""
    question.draw(question.GUESS, view.WORST, QUIZ, (lambda: view.outcome(seen.history)) if seen.ended else None, NEVER)


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the text in the address."""
    address = visit.current()
    text, _ = sentence.shown(address)
    given, strange = ask.read(engine, seen.run, text)
    above = st.container(key="written_area")
    low_left, low_right = st.columns([0.42, 0.58], gap="large")
    withheld = question.withheld(QUIZ)
    other = beside(engine, address.spec)
    with low_right:
        live.curve(replace(seen, history=_without_shares(seen.history)) if withheld else seen)
    with low_left, st.container(key="table_area"):
        st.markdown("**On test examples**")
        if withheld:
            st.caption(withheld)
        else:
            drawn = view.table(seen.history, other.history, address.spec.objective.labels, _alone(engine))
            st.html(f"<div class='study_table'>{drawn}</div>")
        if other.run is None and address.spec.start:
            st.button("Train from scratch too", key="train_rival", on_click=train, args=(engine, address.spec))
    right = truth(sentence.suggested(address), text)
    ours, theirs = (_written(engine, run, text, slot) for run, slot in ((seen, "written"), (other, "beside")))
    with above:
        parts.written(view.written(ours.known, words.sentence(ours.refusal) or NOT_YET, right), live.shared(seen), key="written")
        name = "From scratch, the same labels" if address.spec.start else "With pretraining, the same labels"
        if theirs.known:
            st.html(view.beside(name, theirs.known, right))
        note = " ".join(filter(None, (words.sentence(ours.refusal), strange))) if given else sentence.EMPTY
        st.caption(note or FORM)


def _written(engine: Engine, seen: Seen, text: str, slot: str) -> Asked[Written]:
    """What the snapshots of one run write, as far as they were asked."""
    if seen.run is None or not seen.history.snapshots or not text.strip():
        return Asked()
    return ask.answers(engine, seen.run, seen.history.snapshots, Write(text), seen.patience, slot=slot)


def _without_shares(history: History) -> History:
    """What it has said, without the figures that the page's question is about."""
    return replace(history, scores={name: curve for name, curve in history.scores.items() if name == "loss"})


def _alone(engine: Engine) -> list[Alone | None]:
    """The models that learnt one task alone, by their recipes: the recordings, or what was trained here."""
    found: list[Alone | None] = []
    for _, _, (stage, figure) in view.TASKS:
        history = live.latest(engine, preset(stage)).history
        labels = catalogue.experiment(stage).objective.labels
        found.append(Alone(labels, history.end.metrics[figure]) if isinstance(history.end, Done) else None)
    return found
