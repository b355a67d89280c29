"""A real model on *Masked tokens*: the same gaps through a checkpoint that was trained elsewhere to fill them."""

from dataclasses import dataclass

import streamlit as st

from llmviz.core.questions.cloze import Cloze
from llmviz.core.run import RunRef
from llmviz.core.settings import check, setting
from llmviz.experiments.masked_lm import real_view
from llmviz.runs.engine import Engine
from llmviz.runs.real_models import FILLS, Offer
from llmviz.ui import ask, further, lesson, parts, path, real, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import words

MORE = {"real": "A real model"}
NONE = (
    "No model that fills gaps is here. A host offers one, BERT say, as a folder with its config.json, tokenizer.json and safetensors "
    "(BertForMaskedLM) in a place that LLMVIZ_CHECKPOINTS names. SmolLM2 reads from left to right, and stands on *Next token*."
)
NOTHING_HIDDEN = "Hide a word above, and both models guess it."


@dataclass(frozen=True)
class Looking:
    """What the page's visitor has chosen to see."""

    more: str = setting("", "More", "What is shown below.", choices=("", "real"))
    real: str = setting("", "Real model", "Which of the models that were trained elsewhere, where there are several.", letters=64)

    def __post_init__(self) -> None:
        check(self)


def fold(engine: Engine, seen: Seen) -> None:
    """Draw the choice and, where it is chosen, both; nothing is asked of a model before. No beat of a lecture shows it."""
    if visit.current().lecture:
        return
    with st.container(key="more_area"):
        if not further.choice(MORE, "masked_more"):
            return
        if name := real.pick(FILLS):
            real.panel(name, lambda offer, run: _both(engine, seen, offer, run))
        else:
            st.markdown(NONE)


def _both(engine: Engine, seen: Seen, offer: Offer, run: RunRef) -> None:
    text, hidden = sentence.shown(visit.current())
    tokens, _ = ask.read(engine, seen.run, text)
    gaps = [place for place in hidden if place < len(tokens)]
    if not gaps:
        st.caption(NOTHING_HIDDEN)
        return
    last = seen.history.snapshots[-1:]
    ours = ask.answers(engine, seen.run, last, Cloze(text, tuple(gaps)), seen.patience, slot="masked beside")
    masked = real_view.masked(tokens, gaps)
    theirs = real.asked(offer, run, Cloze(masked), "masked")
    if theirs.answer is None:
        st.caption(lesson.sentence(theirs.refusal or words.sentence(ours.refusal)))
        return
    known = next(iter(ours.known.values()), None)
    guesses = {real_view.OURS: real_view.guessed(known, gaps)} if known else {}
    guesses[offer.title] = real_view.guessed(theirs.answer, real_view.gaps(theirs.answer))
    st.caption(lesson.plain(f"It reads: {masked}"))
    parts.table(
        real_view.compared([tokens[place].source for place in gaps], guesses, visit.number()), key="masked_table", on_open=path.lead
    )
