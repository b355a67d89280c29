"""Two runs side by side in the lab book: what differs, their curves, and one sentence put to both."""

from collections.abc import Sequence

import streamlit as st

from llmviz.core import catalogue
from llmviz.core.address import LONGEST_SENTENCE
from llmviz.core.kept import Kept
from llmviz.core.lesson import Example
from llmviz.core.spec import RunSpec
from llmviz.experiments.lab_book import comparison_view
from llmviz.experiments.lab_book.comparison_view import Said, Side
from llmviz.runs.engine import Engine
from llmviz.text import incoming
from llmviz.ui import ask, lesson, parts, visit
from llmviz.views import words

PATIENCE, AGAIN = 0.8, 0.5  # seconds to wait for the first answers, and between two looks for later ones
BOX = "compared_sentence"


def two(engine: Engine, pair: Sequence[Kept]) -> None:
    """Draw the comparison. A run that cannot be read is said to be that."""
    unread = [kept for kept in pair if kept.spec is None]
    if unread:
        st.warning(lesson.sentence(f"one of these runs cannot be read: {unread[0].reason}"), icon=":material/info:")
        return
    sides = [Side(name, kept, engine.history(kept.run)) for name, kept in zip("AB", pair, strict=True)]
    with st.container(key="compare_area"):
        left, right = st.columns([0.44, 0.56], gap="large")
        with left:
            st.html(comparison_view.table(*sides))
        with right:
            drawn = comparison_view.charts(*sides)
            for place, chart in enumerate(drawn):
                parts.curves(chart, key=f"overlay_{place}")
            if sides[0].spec.stage != sides[1].spec.stage:
                st.caption(comparison_view.NOT_COMPARABLE)
    _sentence(engine, sides)


def _sentence(engine: Engine, sides: Sequence[Side]) -> None:
    """The same sentence through both, each asked what its stage can answer."""
    first = next((example.sentence for side in sides for example in _examples(side.spec)), "")
    sentence = first if visit.current().sentence is None else visit.current().sentence
    assert sentence is not None
    st.session_state[BOX] = sentence
    with st.container(key="said_area"):
        st.text_input("One sentence through both", key=BOX, max_chars=LONGEST_SENTENCE, on_change=_typed, args=(first,))
        every = AGAIN if any(_asked(engine, side, sentence, PATIENCE) is None for side in sides) else None

        def drawn() -> None:
            found = [_asked(engine, side, sentence, 0.0) for side in sides]
            for column, side, said in zip(st.columns(2, gap="large"), sides, found, strict=True):
                column.html(comparison_view.said(side, said or Said("")))
            if every and None not in found:
                st.rerun()

        st.fragment(drawn, run_every=every, key="said")()


def _typed(first: str) -> None:
    given = incoming.line(st.session_state[BOX] or "")
    visit.change(sentence=None if given == first else given)


def _asked(engine: Engine, side: Side, sentence: str, patience: float) -> Said | None:
    """What the last snapshot of a run makes of the sentence; None while that is awaited."""
    put = catalogue.experiment(side.spec.stage).one_sentence
    if put is None:
        return Said("", refusal="It was not trained to answer a sentence alone.")
    if not side.history.snapshots:
        return Said("", refusal="It has no snapshot to ask yet.")
    hidden, word = gap(engine, side, sentence) if put.hides else ((), "")
    last = side.history.snapshots[-1]
    asked = ask.answers(engine, side.kept.run, [last], put.ask(sentence, hidden), patience, f"compare_{side.name}")
    if (answer := asked.known.get(last)) and (hidden or not put.hides):
        return Said(put.lead.format(word=word), put.outcomes(answer, hidden))
    return Said("", refusal=words.sentence(asked.refusal)) if asked.refusal else None


def gap(engine: Engine, side: Side, sentence: str) -> tuple[tuple[int, ...], str]:
    """The place to hide: that of the example, otherwise the last word; and the word that stands there."""
    tokens, _ = ask.read(engine, side.kept.run, sentence)
    example = next((item for item in _examples(side.spec) if item.sentence == sentence and item.hidden), None)
    spelt = [place for place, token in enumerate(tokens) if any(letter.isalpha() for letter in token.source)]
    places = example.hidden[:1] if example else tuple(spelt[-1:])
    return places, tokens[places[0]].source if places else ""


def _examples(spec: RunSpec) -> Sequence[Example]:
    return catalogue.experiment(spec.stage).examples.get(spec.text.name, ())
