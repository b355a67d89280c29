"""Two runs side by side in the lab book: what differs, their curves, and one sentence put to both."""

from collections.abc import Sequence

import streamlit as st

from llmviz.core.address import LONGEST_SENTENCE
from llmviz.core.experiment import Example
from llmviz.core.kept import Kept
from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.generation import Generate
from llmviz.core.questions.spans import Fill
from llmviz.core.questions.verdict import Judge
from llmviz.core.spec import RunSpec
from llmviz.runs.engine import Engine
from llmviz.text import incoming
from llmviz.ui import ask, lesson, parts, visit
from llmviz.views import comparison, words
from llmviz.views.comparison import Said, Side
from llmviz.views.examples import EXAMPLES

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
            st.html(comparison.table(*sides))
        with right:
            drawn = comparison.charts(*sides)
            for place, chart in enumerate(drawn):
                parts.overlay(chart, key=f"overlay_{place}")
            if sides[0].spec.stage != sides[1].spec.stage:
                st.caption(comparison.NOT_COMPARABLE)
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
                column.html(comparison.said(side, said or Said("")))
            if every and None not in found:
                st.rerun()

        st.fragment(drawn, run_every=every, key="said")()


def _typed(first: str) -> None:
    given = incoming.line(st.session_state[BOX] or "")
    visit.change(sentence=None if given == first else given)


def _asked(engine: Engine, side: Side, sentence: str, patience: float) -> Said | None:
    """What the last snapshot of a run makes of the sentence; None while that is awaited."""
    if not side.history.snapshots:
        return Said("", refusal="It has no snapshot to ask yet.")
    last, slot = side.history.snapshots[-1], f"compare_{side.name}"
    match side.spec.stage:
        case "mlm":
            hidden, word = gap(engine, side, sentence)
            asked = ask.answers(engine, side.kept.run, [last], Cloze(sentence, hidden), patience, slot)
            if (trace := asked.known.get(last)) and hidden:
                chances = trace.candidate_probability[hidden[0]].tolist()
                return Said(f"in the place of “{word}” it expects", list(zip(trace.words[hidden[0]], chances, strict=True)))
            refusal = asked.refusal
        case "clm":
            told = ask.answers(engine, side.kept.run, [last], Generate(sentence, tokens=1), patience, slot)
            if written := told.known.get(last):
                likely = written.candidate_words[0] if written.candidate_words else ()
                chances = written.chances[0][0].tolist() if likely else []
                return Said("it would go on with", list(zip(likely, chances, strict=True))[:6])
            refusal = told.refusal
        case "span":
            hidden, word = gap(engine, side, sentence)
            filled = ask.answers(engine, side.kept.run, [last], Fill(sentence, hidden), patience, slot)
            if found := filled.known.get(last):
                return Said(
                    f"in the place of “{word}” it would write",
                    list(zip(found.candidates[0], found.candidate_chances[0].tolist(), strict=False)),
                )
            refusal = filled.refusal
        case _:
            judged = ask.answers(engine, side.kept.run, [last], Judge(sentence), patience, slot)
            if verdict := judged.known.get(last):
                return Said("it predicts", list(zip(verdict.labels, verdict.probability.tolist(), strict=True)))
            refusal = judged.refusal
    return Said("", refusal=words.sentence(refusal)) if refusal else None


def gap(engine: Engine, side: Side, sentence: str) -> tuple[tuple[int, ...], str]:
    """The place to hide: that of the example, otherwise the last word; and the word that stands there."""
    tokens, _ = ask.read(engine, side.kept.run, sentence)
    example = next((item for item in _examples(side.spec) if item.sentence == sentence and item.hidden), None)
    spelt = [place for place, token in enumerate(tokens) if any(letter.isalpha() for letter in token.source)]
    places = example.hidden[:1] if example else tuple(spelt[-1:])
    return places, tokens[places[0]].source if places else ""


def _examples(spec: RunSpec) -> Sequence[Example]:
    return EXAMPLES.get((spec.stage, spec.text.name), ())
