"""The picture of *Names in a text*: one text as three models tag it, how well each finds names, the curve; and a closer look."""

from dataclasses import dataclass, replace

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.questions.layers import TAGS
from llmviz.core.settings import TextSpec, check
from llmviz.experiments.entities import view
from llmviz.experiments.entities.confusion_panel import confusion
from llmviz.experiments.entities.question import Tag
from llmviz.experiments.entities.view import Row
from llmviz.runs.engine import Engine
from llmviz.text.tagged import tags
from llmviz.text.words import in_words, spelt
from llmviz.ui import ask, few_labels, inside, live, methods, parts, question, sentence, visit
from llmviz.ui.beside import accuracies, beside, sides, train
from llmviz.ui.closer import Tab, attention, chosen, network
from llmviz.ui.live import Seen
from llmviz.views import accuracy_bars, words
from llmviz.views.rivals import Terms
from llmviz.views.sides import Side

F1 = catalogue.experiment("entities").metric("f1")
QUIZ = "names_quiz"
TERMS = Terms("f1", "F1", "labelled texts", "names", (0.5, 0.8), "f1_lookup", "a mere list of the names in the labels")
BOUNDS = {"wiki": (0.2, 0.35)}  # of the quiz, where a text has others than these
NOTE = "The stronger the colour, the surer the model. A frame is what it calls a name"
MARKS = "; ✓ and ✗ stand where the truth is known."


@dataclass(frozen=True)
class Looking:
    """What the visitor looks into."""

    tab: str = chosen("mistakes", "attention", "network", "inside", "labels", "costs")

    def __post_init__(self) -> None:
        """Refuse a tab that the page has not."""
        check(self)


TABS = {
    "mistakes": Tab("Mistakes", confusion),
    "attention": Tab("Attention", attention),
    "network": Tab("The network", network),
    "inside": Tab("What changed inside", inside.of(TAGS, "words")),
    "labels": Tab("How few labels?", few_labels.of("f1"), always=True),
    "costs": Tab("What it costs", methods.of("f1"), always=True),
}


def terms(text: str) -> Terms:
    """What the page calls what it measures on this text."""
    return replace(TERMS, bounds=BOUNDS.get(text, TERMS.bounds))


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the text in the address."""
    address = visit.current()
    spec, shared, other = address.spec, live.shared(seen), beside(engine, address.spec)
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

    first, second, third = sides(spec, seen, other)
    after, refusal = _tagged(engine, seen, text, second, "after")
    beside_it, _ = _tagged(engine, other, text, third, "third")
    before = replace(after, side=replace(first, empty=after.side.empty))
    shown = next((tagging.words for row in (after, beside_it) for tagging in row.taggings.values()), tuple(spelling))
    told = spec.text.name == "tinyland"  # by a grammar, which knows the truth of what a visitor types, too
    note = " ".join(filter(None, (refusal, strange))) or ("" if address.lecture else NOTE + (MARKS if told else "."))
    with above:
        drawn = view.rows(shown, tags(TextSpec(spec.text.name)), [before, after, beside_it], view.truth(shown) if told else (), note)
        parts.tagged(drawn, shared, key="tagged", on_action=lambda _: train(engine, spec))


def _tagged(engine: Engine, seen: Seen, text: str, side: Side, slot: str) -> tuple[Row, str]:
    """One model's row, and why it has nothing to say."""
    if seen.run is None or not seen.history.snapshots:
        return Row(side), ""
    found = ask.answers(engine, seen.run, seen.history.snapshots, Tag(text), seen.patience, f"{slot} tags")
    if found.refusal:
        return Row(replace(side, empty="There are no tags for this text; the line below says why.")), words.sentence(found.refusal)
    return Row(replace(side, empty="The tags are on their way."), found.known), ""
