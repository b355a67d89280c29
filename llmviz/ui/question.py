"""The question of a page. It stands above what answers it, and that is withheld until the visitor has guessed or asked to be shown.

A page names its question by a key, draws it with `draw`, and where its answer would stand draws what `withheld(key)` says instead. What the
visitor has chosen is kept for the visit.
"""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from llmviz.core.questions.cloze import Cloze, Trace
from llmviz.core.run import RunRef
from llmviz.runs.engine import Engine, State
from llmviz.text.tinyland.world import CAPITALS
from llmviz.ui import lecture, lesson
from llmviz.ui.live import Seen
from llmviz.views.examples import EXAMPLES
from llmviz.views.reveal import FIRST, GUESS_FIRST, LINES, Reveal, Riddle, crossed, first_guess, kind_or_word

WIDE = 64  # candidates asked for: enough to hold every city
ENDED = (State.DONE, State.RECORDED)
CITIES = frozenset(CAPITALS.values())
Found = TypeVar("Found")
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


def asked(seen: Seen, text: str) -> str:
    """The key of what `ask` asks of this run."""
    own = f"riddle_{text}"
    return own if text == "tinyland" or not _ended(seen) or st.session_state.get(own) else f"riddle_{seen.run}"


def ask(engine: Engine, seen: Seen, text: str) -> None:
    """Draw the question that suits the text and the state of the run and, once it is answered, what the run did."""
    ended, key = _ended(seen), asked(seen, text)
    if text == "tinyland":
        draw(AFTER if ended else BEFORE, FIRST, key, (lambda: _kind_or_word(engine, seen)) if ended else None)
    elif not ended:
        draw(BEFORE, LINES, key, None)
    elif key == f"riddle_{text}":  # chosen while it trained
        draw("You were asked:", LINES, key, lambda: crossed(seen.history))
    elif found := _traced(engine, seen, text, first_guess):
        draw(AFTER, found[0], key, lambda: found[1])
    elif not settled(key):  # too short a run to ask about: nothing is withheld
        _show(key)
        st.rerun()


def draw(lead: str, riddle: Riddle, key: str, reveal: Callable[[], Reveal | None] | None, never: str = NEVER) -> None:
    """Draw one question; the choice stays under `key`. `reveal` tells what the run did, None while it goes on; `never`, that it did not."""
    with st.container(key="question"):
        left, right = st.columns(SHARES, vertical_alignment="center", gap="medium")
        with left:
            st.markdown(f"**{lead}** {lesson.plain(riddle.question)}")
            chosen = st.pills(riddle.question, riddle.choices, key=key, label_visibility="collapsed", persist_state="session")
        if chosen is not None:
            _show(key)
        with right, st.container(key="answer"):  # as high before as after: nothing below moves
            if settled(key):
                st.markdown(_told(riddle, chosen, reveal, never))
            else:
                st.button(SHOW, key="show_answer", type="tertiary", on_click=_show, args=(key,))


def _show(key: str) -> None:
    st.session_state[SHOWN + key] = True


def _told(riddle: Riddle, chosen: str | None, reveal: Callable[[], Reveal | None] | None, never: str) -> str:
    """What is said beside the question once its answer may be seen, in Markdown."""
    if reveal is None:
        return f"{'Noted. ' if chosen else ''}The answer comes when training has ended."
    found = reveal()
    if found is None:
        return never
    if found.right is None:
        return lesson.plain(found.story)
    right = riddle.choices[found.right]
    verdict = f"Answer: {lesson.plain(right)}." if chosen is None else "Yes." if chosen == right else "No."
    return f"**{verdict}** {lesson.plain(found.story)}"


def _ended(seen: Seen) -> bool:
    return seen.run is not None and seen.status is not None and seen.status.state in ENDED


def _kind_or_word(engine: Engine, seen: Seen) -> Reveal | None:
    recorded = seen.status is not None and seen.status.state is State.RECORDED

    def told(traces: list[Trace], place: int) -> Reveal | None:
        return kind_or_word(traces, place, traces[0].tokens[place], CITIES, recorded)

    return _traced(engine, seen, "tinyland", told)


def _traced(engine: Engine, seen: Seen, text: str, find: Callable[[list[Trace], int], Found]) -> Found | None:
    """What there is to find in how the run's snapshots fill the first gap of the text's own sentence; None where there is no answer."""
    memory: dict[RunRef, Found | None] = st.session_state.setdefault("reveals", {})
    assert seen.run is not None
    if seen.run not in memory:
        example = EXAMPLES["mlm", text][0]
        question = Cloze(example.sentence, example.hidden, top=WIDE)
        try:
            traces = engine.answer(seen.run, seen.history.snapshots, question)
            memory[seen.run] = find(traces, example.hidden[0])
        except ValueError:
            return None
    return memory[seen.run]
