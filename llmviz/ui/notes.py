"""The notes that fold out below a page: what is read, hidden and measured, what the lines are, and the terms of the page."""

from collections.abc import Sequence

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.lecture import lesson as lesson_of
from llmviz.core.spec import RunSpec
from llmviz.runs.engine import Engine, State
from llmviz.ui import ask, lesson, visit
from llmviz.ui.live import Seen
from llmviz.views import about, terms
from llmviz.views.words import counted

MOST_WORDS = 500  # a longer vocabulary is pieces of words, and nobody reads it


def fold(engine: Engine, seen: Seen, spec: RunSpec, first: Sequence[str] = ()) -> None:
    """Draw the notes, folded: the page's own `first`, paragraphs of Markdown, then those of the stage."""
    with st.container(key="notes_below"), st.expander("What is shown here, and how it is measured"):
        left, right = st.columns(2, gap="large")
        with left:
            experiment = catalogue.experiment(spec.stage)
            recorded = seen.status is not None and seen.status.state is State.RECORDED
            st.markdown("\n\n".join([*first, *about.paragraphs(spec, recorded)]))
        with right:
            st.markdown("\n".join(f"- **{name}**: {lesson.plain(said)}" for name, said in about.glossary(seen.history, experiment)))
        known = ask.vocabulary(engine, seen.run)
        if 0 < len(known) <= MOST_WORDS:
            st.markdown(f"**All {counted(len(known), 'word')} it knows.** {lesson.plain(' · '.join(known))}")
    words()


def words() -> None:
    """Draw the terms of the present page with what they mean, folded."""
    with st.container(key="words_below"), st.expander("Words on this page"):
        there = lesson_of(visit.page())
        st.html(terms.listed(there.terms if there else ()))
