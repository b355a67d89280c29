"""Bits a byte, below *Next token*: what the model needs for held-out text, beside a trigram and programs that compress."""

import streamlit as st

from llmviz.core.update import Done
from llmviz.experiments.causal_lm import bits_view
from llmviz.runs.engine import Engine
from llmviz.ui import lesson, live, study, visit
from llmviz.ui.live import Seen

ABOUT = (
    "To predict is to compress: a token of probability p can be written in −log₂ p bits. So a model can be held against programs that "
    "compress, and against models with other tokens, by the bits it needs for a byte of text that none of them has seen. Fewer are better."
)


def draw(engine: Engine, seen: Seen) -> None:
    """Draw the bars where the run has ended; while it is under way, look again."""
    st.markdown(ABOUT)
    st.fragment(lambda: _bars(engine, seen), run_every=live.EVERY if seen.under_way else None, key="bits")()


def _bars(engine: Engine, seen: Seen) -> None:
    now = live.look(engine, seen.run) if seen.under_way else seen
    end = now.history.end
    found = bits_view.bars(end.metrics if isinstance(end, Done) else {})
    if not found:
        st.caption(bits_view.nothing(visit.current().spec.text.name, isinstance(end, Done)))
        return
    st.markdown(f"**{lesson.plain(bits_view.told(found))}**")
    size, height = study.pixels()
    st.plotly_chart(bits_view.figure(found, size), width="stretch", height=height, key="bits_figure", config=study.CONFIG)
    for bar in found:
        st.caption(f"**{bar.name}** · {bar.about}")
