"""The one engine of this server. Tests put another maker in its place."""

from collections.abc import Callable

import streamlit as st

from llmviz.core.home import home
from llmviz.runs.engine import Engine


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
