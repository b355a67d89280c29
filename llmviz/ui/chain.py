"""The runs that a run is made from, in a line: how far each has come, and how long all of it takes."""

import streamlit as st

from llmviz.core.spec import RunSpec
from llmviz.runs.engine import Engine, State
from llmviz.ui import lesson, live
from llmviz.ui.live import Seen
from llmviz.views import chain
from llmviz.views.chain import Link

TRAINS_ALL = "**One press of *Train live* trains all that is missing, in order.** "


def draw(engine: Engine, spec: RunSpec, seen: Seen, trains_all: str = TRAINS_ALL) -> None:
    """Draw the line of the run that is `seen`, which trains this spec; before it has ended behind a word on what trains them all."""
    *before, own = chain.chain(spec)
    shown = [(each, live.latest(engine, each)) for each in before]
    told = chain.told([_link(each, now) for each, now in (*shown, (own, seen))])
    st.markdown(f"{'' if seen.ended else trains_all}{lesson.plain(told)}")


def _link(spec: RunSpec, now: Seen) -> Link:
    return Link(spec, now.history, now.ended, now.status is not None and now.status.state is State.RECORDED)
