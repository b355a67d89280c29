"""A sentence with gaps through the snapshots of a run: the words with their bars, the candidates for each gap, and a curve beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import streamlit as st

from llmviz.core.lesson import Lesson
from llmviz.core.questions.base import Question
from llmviz.core.questions.cloze import Trace
from llmviz.parts.shared.payload import Shared
from llmviz.runs.engine import Engine
from llmviz.ui import ask, live, parts, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import tokens as view
from llmviz.views import words
from llmviz.views.tokens import Shown

STRIP_NOTE = (
    "Bar under a word: how probable the model finds it there. A visible word it also reads, so that bar mostly measures copying; "
    "hide the word to see whether the model can guess it."
)
NO_CANDIDATES = "There is no answer to this sentence; the line above says why."
INVITATION = "Click a word to hide it. The model will guess it from both sides."
Ask = Callable[[str, tuple[int, ...]], Question[Trace]]


@dataclass(frozen=True)
class Guess:
    """What the snapshots of a run put in the gaps, or why there is no answer."""

    hidden: tuple[int, ...]
    answers: dict[int, Shown]
    refusal: str = ""


def picture(
    engine: Engine,
    seen: Seen,
    question: Ask,
    curve: Callable[[], None],
    withheld: str = "",
    open_step: Callable[[Sequence[int]], int] = max,
    whose: Lesson | None = None,
    shared: Shared | None = None,
) -> None:
    """Draw it for the sentence and the gaps in the address, which are put to the run by `question`.

    While the answer to the page's own question is `withheld`, one step alone is shown, the newest if nothing else is said. `shared` is what
    its parts carry, where that is not what all parts of the run do.
    """
    address = visit.current()
    text, hidden = sentence.shown(address, whose)
    tokens, strange = ask.read(engine, seen.run, text)
    shared = shared or live.shared(seen)

    above = st.container(key="strip_area")
    left, right = st.columns([0.37, 0.63], gap="large")
    with right:
        curve()  # first, because it need not wait for the model's answer

    beyond = tokens and any(place >= len(tokens) for place in hidden)
    hidden = tuple(place for place in hidden if place < len(tokens))
    guess = _guess(engine, seen, question, text, hidden) if tokens else Guess(hidden, {})
    if withheld and guess.answers:  # the other steps tell what the question asks for
        step = open_step(list(guess.answers))
        guess = replace(guess, answers={step: guess.answers[step]})
    notes = [visit.problems().get("hide", ""), guess.refusal, strange]
    if beyond:
        notes.append(f"The sentence has {words.counted(len(tokens), 'token')}; there is nothing to hide beyond them.")
    note = " ".join(filter(None, notes)) or (STRIP_NOTE if guess.answers and not address.lecture else "")
    with above:
        parts.token_strip(view.strip(tokens, guess.hidden, guess.answers, note), shared, key="strip", on_hidden=sentence.hide)
    with left, st.container(key="bars_area"):
        empty = INVITATION if tokens else sentence.EMPTY
        if tokens and not guess.answers and (hidden or guess.refusal):
            empty = NO_CANDIDATES if guess.refusal else "The candidates appear here as soon as there is a trained model."
        groups = view.bars(tokens, guess.hidden if guess.answers else (), guess.answers, empty)
        parts.bars({**groups, "withheld": withheld}, shared, key="bars")


def _guess(engine: Engine, seen: Seen, question: Ask, text: str, hidden: tuple[int, ...]) -> Guess:
    """What the run makes of the sentence; while that is awaited, what it made of the words hidden before."""
    if seen.run is None or not seen.history.snapshots:
        return Guess(hidden, {})
    asked = ask.answers(engine, seen.run, seen.history.snapshots, question(text, hidden), seen.patience)
    before = st.session_state.get("guess")
    if asked.pending and not asked.known and before and before[0] == (seen.run, text):
        return cast(Guess, before[1])
    guess = Guess(hidden, {step: view.shown(trace, hidden) for step, trace in asked.known.items()}, words.sentence(asked.refusal))
    st.session_state["guess"] = ((seen.run, text), guess)
    return guess
