"""Mistakes on test texts at the step of the slider: which kind of name is taken for which."""

import streamlit as st

from llmviz.core.run import RunRef
from llmviz.core.settings import TextSpec
from llmviz.experiments.entities.confusion_view import confusion as matrix
from llmviz.experiments.entities.confusion_view import noise
from llmviz.experiments.entities.question import TagHeldOut
from llmviz.runs.engine import Engine
from llmviz.text.tagged import kinds
from llmviz.ui import ask, lesson, live, parts, visit
from llmviz.ui.closer import step_of
from llmviz.ui.live import Seen
from llmviz.views import words


def confusion(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Draw the confusion matrix of the run."""
    text, step = visit.current().spec.text.name, step_of(seen)
    asked = ask.answers(engine, run, [step], TagHeldOut(text), None, "mistakes")
    if step not in asked.known:
        st.markdown(lesson.sentence(asked.refusal) or "The test texts are being read.")
        return
    said = f"What the model of {words.counted(step, 'step')} calls the words of texts that no training has seen."
    st.markdown(f"{said} {noise(asked.known[step])}" if text == "wiki" else said)
    parts.confusion(matrix(asked.known[step], kinds(TextSpec(text))), live.shared(seen), key="confusion")
