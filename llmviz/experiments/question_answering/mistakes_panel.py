"""Mistakes on test questions at the step of the slider: what was asked, what is true, what it says."""

import html

import numpy as np
import streamlit as st

from llmviz.core.run import RunRef
from llmviz.experiments.question_answering.question import Answered, UnseenQuestions
from llmviz.experiments.question_answering.view import NONE
from llmviz.runs.engine import Engine
from llmviz.ui import ask, lesson, visit
from llmviz.ui.closer import step_of
from llmviz.ui.live import Seen
from llmviz.views import words

SHOWN = 12  # mistakes told


def mistakes(engine: Engine, seen: Seen, run: RunRef) -> None:
    """Draw how many test questions it gets wrong, and some of them."""
    step = step_of(seen)
    asked = ask.answers(engine, run, [step], UnseenQuestions(visit.current().spec.text.name), None, "mistakes")
    if step not in asked.known:
        st.markdown(lesson.sentence(asked.refusal) or "The test questions are being read.")
        return
    found = asked.known[step]
    wrong = np.flatnonzero(~found.right).tolist()
    st.markdown(
        f"The model of {words.counted(step, 'step')} gives another answer than the true one to **{len(wrong)} of {len(found.truths)}** "
        f"test questions{'. The first of them:' if len(wrong) > SHOWN else '.'}"
    )
    if wrong:
        st.html(f"<div class='study_table'>{table(found, wrong[:SHOWN])}</div>")


def table(found: Answered, places: list[int]) -> str:
    """These questions as an HTML table: passage, question, true answer, answer given."""
    rows = (
        (found.passages[place], found.questions[place], found.truths[place] or NONE, found.predictions[place] or NONE) for place in places
    )
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr><th>Passage</th><th>Question</th><th>True answer</th><th>It says</th></tr>{body}</table>"
