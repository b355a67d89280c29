"""The one engine of this server, and the studies it trains in the background. Tests put another maker in its place."""

from collections.abc import Callable

import streamlit as st

from llmviz.core.home import home
from llmviz.runs.engine import Engine
from llmviz.runs.studies import Studies


def _local() -> Engine:
    from llmviz.runs.local import LocalEngine

    return LocalEngine(home())


make: Callable[[], Engine] = _local


@st.cache_resource(show_spinner=False)
def _made() -> Engine:
    return make()


def engine() -> Engine:
    """The engine, made at the first call and shared by all visitors."""
    return _made()


@st.cache_resource(show_spinner=False)
def studies() -> Studies:
    """The studies of this server, shared by all visitors."""
    return Studies(engine(), home())
