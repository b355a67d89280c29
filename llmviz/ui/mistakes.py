"""A look at the mistakes of a model that classifies texts: which class it takes for which, at the step of the slider."""

from collections.abc import Callable

import streamlit as st

from llmviz.core.questions.base import Question
from llmviz.core.questions.classification import Marked
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, live, parts, visit
from llmviz.ui.closer import Draw, step_of
from llmviz.ui.live import Seen
from llmviz.views import class_confusion


def of(question: Callable[[RunSpec], Question[Marked]]) -> Draw:
    """The look, by what asks a run of this spec for its held-out examples."""

    def draw(engine: Engine, seen: Seen, run: RunRef) -> None:
        step = step_of(seen)
        asked = ask.answers(engine, run, [step], question(visit.current().spec), None, "mistakes")
        if step not in asked.known:
            st.markdown(lesson.sentence(asked.refusal) or "The held-out examples are being read.")
            return
        st.markdown(class_confusion.said(asked.known[step]))
        parts.confusion(class_confusion.confusion(asked.known[step]), live.shared(seen), key="confusion")

    return draw
