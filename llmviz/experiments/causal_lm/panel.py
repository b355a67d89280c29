"""The picture of *Next token*: the beginning and its continuation, the choices for one token, the dials between, the curve."""

from typing import cast

import streamlit as st

from llmviz.core.questions.generation import Generate, Generation
from llmviz.core.texts import TEXTS
from llmviz.experiments.causal_lm import dials_panel, view
from llmviz.runs.engine import Engine
from llmviz.ui import ask, live, parts, question, sentence, visit
from llmviz.ui.live import Seen
from llmviz.views import words
from llmviz.views.reveal import Reveal

NOTE = "bar under a word: how probable the model found it · click a word to see what else could stand there"
FIRST = "Guess first: then a bar under each word shows how probable the model found it"
NOTHING = "The choices appear here as soon as there is a trained model."
REFUSED = "There is no continuation; the line above says why."
# The dials need the height of choices and curve; a lecture sizes itself.
SHORTER = "<style>html { --tall: 17.9rem; }</style>"


def picture(engine: Engine, seen: Seen) -> None:
    """Draw it for the beginning and the settings in the address."""
    address = visit.current()
    if not address.lecture:
        st.html(SHORTER)
    text, _ = sentence.shown(address)
    dials_panel.keep_branch(address.spec.text.name, text)
    settings = dials_panel.view()
    asked = settings.question(text)
    given, strange = ask.read(engine, seen.run, text)
    shared = live.shared(seen)

    above = st.container(key="strip_area")
    between = st.container(key="dials_area")
    left, right = st.columns([0.42, 0.58], gap="large")
    with right:
        # First, because it need not wait for the model's answer.
        live.curve(seen, stops=engine.kept_answers(seen.run, asked) if seen.run else ())

    answers, refusal = _written(engine, seen, asked)
    withheld = question.withheld(_key(address.spec.text.name))
    about = FIRST if withheld else "" if address.lecture else NOTE
    note = " ".join(filter(None, (refusal, strange))) or (about if answers else "")
    with above:
        written = view.continuation(given, answers, asked, settings.tokens, settings.at, note, withheld)
        parts.continuation(written, shared, key="continuation", on_at=dials_panel.select, on_forget=dials_panel.forget)
    with between:
        dials_panel.row(_length(answers, address.step))
    with left, st.container(key="choices_area"):
        could = view.choices(answers, asked, settings.tokens, settings.at, REFUSED if refusal else NOTHING)
        parts.choices(could, shared, key="choices", on_branch=dials_panel.take)


def quiz(engine: Engine, seen: Seen, text: str) -> None:
    """Draw the question of the page; it is about what the trained model writes after the text's own beginning."""
    ended = seen.ended

    def reveal() -> Reveal | None:
        assert seen.run is not None
        try:
            [written] = engine.answer(seen.run, seen.history.snapshots[-1:], Generate(TEXTS[text].beginning), visit.teaches())
        except ValueError:
            return None
        return view.forced(written)

    question.draw(f"After “{TEXTS[text].beginning} …”:", view.FORCED, _key(text), reveal if ended else None, "There is no answer now.")


def _key(text: str) -> str:
    """The key of the question."""
    return f"quiz_clm_{text}"


def _written(engine: Engine, seen: Seen, wanted: Generate) -> tuple[dict[int, Generation], str]:
    """What the snapshots wrote, by step, or why there is no answer; while that is awaited, what they wrote before."""
    if seen.run is None or not seen.history.snapshots:
        return {}, ""
    asked = ask.answers(engine, seen.run, seen.history.snapshots, wanted, seen.patience, slot="generation")
    before = st.session_state.get("generation")
    if asked.pending and not asked.known and before and before[0] == (seen.run, wanted.text):
        return cast(dict[int, Generation], before[1]), ""
    known = {**engine.kept_answers(seen.run, wanted), **asked.known}  # a recording has this text of more steps than it has weights
    st.session_state["generation"] = ((seen.run, wanted.text), known)
    return known, words.sentence(asked.refusal)


def _length(answers: dict[int, Generation], step: int | None) -> int:
    """Tokens of the continuation at the step on the page."""
    if not answers:
        return 0
    shown = max((known for known in answers if step is None or known <= step), default=min(answers))
    return len(answers[shown].ids)
