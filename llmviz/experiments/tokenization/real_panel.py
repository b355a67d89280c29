"""A real vocabulary on *Tokens*: the visitor's sentence as a model reads it that was trained elsewhere, beside those learnt here."""

import streamlit as st

from llmviz.core.run import RunRef
from llmviz.experiments.tokenization import LESSON, panel, real_view
from llmviz.experiments.tokenization.pieces_view import NAMES
from llmviz.experiments.tokenization.question import Cut
from llmviz.experiments.tokenization.real_view import Reading
from llmviz.runs.real_models import Offer
from llmviz.text import vocabularies
from llmviz.text.special import UNK
from llmviz.ui import further, lesson, parts, path, real, sentence, visit

MORE = {"real": "A real vocabulary"}


def fold(seen: panel.Seen) -> None:
    """Draw the choice and, where it is chosen, both; nothing is asked of a model before."""
    with st.container(key="real_area"):
        if further.choice(MORE, "tokens_more"):
            real.panel(real.pick(), lambda offer, run: _both(seen, offer, run))


def _both(seen: panel.Seen, offer: Offer, run: RunRef) -> None:
    text = sentence.shown(visit.current(), LESSON)[0][: panel.MOST_SHOWN]
    if not text.strip():
        st.caption(sentence.EMPTY)
        return
    found = real.asked(offer, run, Cut(text), "cut")
    if found.answer is None:
        st.caption(lesson.sentence(found.refusal))
        return
    theirs = found.answer
    read = Reading(offer.title, theirs.vocabulary, theirs.pieces, theirs.joined.tolist(), int((~theirs.known).sum()), real=True)
    readings = [*_ours(seen, text), read]
    st.markdown(lesson.plain(real_view.told(readings)))
    parts.table(real_view.compared(readings, len(text.split()), visit.number()), key="cut_table", on_open=path.lead)


def _ours(seen: panel.Seen, text: str) -> list[Reading]:
    """What the vocabularies of this page make of it."""
    readings = []
    for kind, vocabulary in seen.vocabularies.items():
        pieces, joined, lost = list[str](), list[bool](), 0
        for word in vocabularies.cut(kind, vocabulary, text):
            for place, (piece, id) in enumerate(zip(word.pieces, word.ids, strict=True)):
                mark, shown = vocabularies.spelt(kind, piece)
                pieces.append(shown or mark)  # of Unigram the space before a word may be a piece
                joined.append(place > 0)
                lost += id == UNK
        readings.append(Reading(NAMES[kind], len(vocabulary.entries), pieces, joined, lost))
    return readings
