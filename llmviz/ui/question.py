"""The question of a page. It stands above what answers it, and that is withheld until the visitor has guessed or asked to be shown.

A page names its question by a key, draws it with `draw`, and where its answer would stand draws what `withheld(key)` says instead. What the
visitor has chosen is kept for the visit.
"""

from collections.abc import Callable

import streamlit as st

from llmviz.ui import lecture, lesson
from llmviz.views.reveal import GUESS_FIRST, Quiz, Reveal

NEVER = "This run never came to know either; train longer and look again."
GUESS, BEFORE, AFTER = "Guess:", "Before it has learnt:", "Before you scrub back:"
SHOW = "Show without guessing"
SHOWN = "shown "  # before the key of a question that is settled
SHARES = (0.5, 0.5)  # of the width: the question, and its answer beside it


def settled(key: str) -> bool:
    """Whether the answer to this question may be seen: somebody has guessed, asked to be shown, or gone on in a lecture."""
    return bool(st.session_state.get(key) or st.session_state.get(SHOWN + key) or lecture.gone_on())


def withheld(key: str) -> str:
    """What stands where this question's answer would; empty once that may be seen."""
    return "" if settled(key) else GUESS_FIRST


def draw(lead: str, quiz: Quiz, key: str, reveal: Callable[[], Reveal | None] | None, never: str = NEVER) -> None:
    """Draw one question; the choice stays under `key`. `reveal` tells what the run did, None while it goes on; `never`, that it did not."""
    with st.container(key="question"):
        left, right = st.columns(SHARES, vertical_alignment="center", gap="medium")
        with left:
            st.markdown(f"**{lead}** {lesson.plain(quiz.question)}")
            chosen = st.pills(quiz.question, quiz.choices, key=key, label_visibility="collapsed", persist_state="session")
        if chosen is not None:
            show(key)
        with right, st.container(key="answer"):  # as high before as after: nothing below moves
            if settled(key):
                st.markdown(_told(quiz, chosen, reveal, never))
            else:
                st.button(SHOW, key="show_answer", type="tertiary", on_click=show, args=(key,))


def show(key: str) -> None:
    """Let the answer to this question be seen."""
    st.session_state[SHOWN + key] = True


def _told(quiz: Quiz, chosen: str | None, reveal: Callable[[], Reveal | None] | None, never: str) -> str:
    """What is said beside the question once its answer may be seen, in Markdown."""
    if reveal is None:
        return f"{'Noted. ' if chosen else ''}The answer comes when training has ended."
    found = reveal()
    if found is None:
        return never
    if found.right is None:
        return lesson.plain(found.story)
    right = quiz.choices[found.right]
    verdict = f"Answer: {lesson.plain(right)}." if chosen is None else "Yes." if chosen == right else "No."
    return f"**{verdict}** {lesson.plain(found.story)}"
