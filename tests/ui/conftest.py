"""The page on the fake engine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from llmviz.ui import engine
from tests.ui.fake_engine import FakeEngine

APP = str(Path(__file__).parents[2] / "app.py")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeEngine]:
    made = FakeEngine(seconds=0.6)
    monkeypatch.setattr(engine, "make", lambda: made)
    monkeypatch.setattr(engine, "home", lambda: tmp_path)  # of studies that were started
    st.cache_resource.clear()
    yield made
    engine.studies().close()
    st.cache_resource.clear()


@pytest.fixture
def visit(fake: FakeEngine) -> Callable[..., AppTest]:
    """Open a page, by the name of its file, with these parameters in its address."""

    def opened(page: str = "masked_tokens", /, **query: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=20)
        if page != "story":  # which pages there are is known after the first run
            app.run().switch_page(f"pages/{page}.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return opened
