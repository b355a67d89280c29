"""The picture of *Question answering*: where three models find the answer in a passage, how often each is right; and a closer look."""

from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.questions.layers import SPANS
from llmviz.core.run import RunRef
from llmviz.core.settings import check
from llmviz.experiments.question_answering import view
from llmviz.experiments.question_answering.mistakes_panel import mistakes
from llmviz.experiments.question_answering.question import Ask
from llmviz.experiments.question_answering.view import Row
from llmviz.runs.engine import Engine
from llmviz.ui import ask, few_labels, inside, live, methods, parts, question, two_texts, visit
from llmviz.ui.beside import accuracies, beside, sides, train
from llmviz.ui.closer import Tab, chosen, network
from llmviz.ui.live import Seen
from llmviz.ui.sentence import suggested
from llmviz.views import accuracy_bars, words
from llmviz.views.rivals import Terms
from llmviz.views.sides import Side

EXACT = catalogue.experiment("answers").metric("exact_match")
QUIZ = "answers_quiz"
TERMS = Terms("exact_match", "exact match", "questions", "answers", (0.4, 0.7), "position", "always pointing at the same place")
NOTE = "The stronger the colour, the surer the model that the answer lies there. A frame is its answer; no frame, that there is none."
LABELS = ("Passage", "Question")
HINTS = ("A passage: some sentences", "A question on it")


@dataclass(frozen=True)
class Asking:
    """The visitor's question, and what they look into."""

    second: str = two_texts.second("Question", "What is asked about the passage.")
    tab: str = chosen("mistakes", "network", "inside", "labels", "costs")

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not."""
        check(self)


def own_answer(engine: Engine, seen: Seen, run: RunRef) -> inside.Own:
    """The visitor's passage and question, and the words that the last snapshot takes for the answer."""
    passage, asked = two_texts.shown(visit.current())
    last = seen.history.snapshots[-1]
    found = ask.answers(engine, run, [last], Ask(passage, asked), None, "answer inside").known.get(last)
    return inside.Own(passage, asked, *(found.span if found else ()))


TABS = {
    "mistakes": Tab("Mistakes", mistakes),
    "network": Tab("The network", network),
    "inside": Tab("What changed inside", inside.of(SPANS, "candidates for an answer", own_answer)),
    "labels": Tab("How few labels?", few_labels.of("exact_match", ("chance",)), always=True),
    "costs": Tab("What it costs", methods.of("exact_match"), always=True),
}


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the passage and the question in the address."""
    address = visit.current()
    spec, shared, other = address.spec, live.shared(seen), beside(engine, address.spec)
    passage, asked = two_texts.shown(address)
    above = st.container(key="rows_area")
    low_left, low_right = st.container(key="low_area").columns([0.37, 0.63], gap="large")
    withheld = question.withheld(QUIZ)
    with low_right:
        live.curve(seen, beside=[] if withheld else accuracy_bars.curve(EXACT, spec, other.history))
    with low_left:
        accuracies(engine, seen, other, EXACT, "Exact match on validation questions", withheld)

    first, second, third = sides(spec, seen, other)
    after, refusal = _answered(engine, seen, passage, asked, second, "after")
    beside_it, _ = _answered(engine, other, passage, asked, third, "third")
    before = replace(after, side=replace(first, empty=after.side.empty))
    found = next((each for row in (after, beside_it) for each in row.found.values()), None)
    strange = [word for word, known in zip(found.words, found.known, strict=True) if not known] if found else []
    unknown = f"Not in its vocabulary: {', '.join(dict.fromkeys(strange))}." if strange else ""
    note = " ".join(filter(None, (visit.problems().get("second", ""), refusal, unknown))) or ("" if address.lecture else NOTE)
    with above:
        truth = view.truth(suggested(address), passage, asked)
        drawn = view.rows(found.words if found else passage.split(), [before, after, beside_it], truth, note)
        parts.tagged(drawn, shared, key="tagged", on_action=lambda _: train(engine, spec))


def _answered(engine: Engine, seen: Seen, passage: str, asked: str, side: Side, slot: str) -> tuple[Row, str]:
    """One model's row, and why it has nothing to say."""
    if seen.run is None or not seen.history.snapshots:
        return Row(side), ""
    found = ask.answers(engine, seen.run, seen.history.snapshots, Ask(passage, asked), seen.patience, f"{slot} answers")
    if found.refusal:
        return Row(replace(side, empty="There is no answer to this; the line below says why.")), words.sentence(found.refusal)
    return Row(replace(side, empty="The answer is on its way."), found.known), ""
