"""The page on the fake engine."""

import runpy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest

from llmviz.ui import engine
from llmviz.ui import visit as visits
from tests.ui.fake_engine import FakeEngine

APP = str(Path(__file__).parents[2] / "app.py")
components = cache(manifest_scanner.scan_component_manifests)  # AppTest reads what is installed anew each time: 0.3 s


@contextmanager
def faked(home: Path) -> Iterator[FakeEngine]:
    """The app on an engine that only pretends, its studies kept in this folder."""
    made = FakeEngine(seconds=0.6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "make", lambda: made)
        patch.setattr(engine, "home", lambda: home)  # of studies that were started
        patch.setattr(manifest_scanner, "scan_component_manifests", components)
        patch.setattr(visits, "_browser", lambda: None)  # AppTest has no cookies, and takes some milliseconds to say so each time
        # AppTest takes `pages/` for all there is, and runs a file that is called as its place is without app.py; the server does not.
        patch.setattr(script_runner, "_mpa_v1", runpy.run_path)
        engine.forget()
        yield made
        engine.studies().close()
        engine.forget()


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeEngine]:
    with faked(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Which pages there are, which is known after a first run: 0.4 s that would be spent in every test."""
    with faked(tmp_path_factory.mktemp("first")):
        return AppTest.from_file(APP, default_timeout=20).run()._registered_pages


@pytest.fixture
def visit(pages: dict[str, Any], fake: FakeEngine) -> Callable[..., AppTest]:
    """Open a page, by the name of its file, with these parameters in its address."""

    def opened(page: str = "masked_tokens", /, **query: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=20)
        app._registered_pages = dict(pages)
        if page != "story":
            app.switch_page(f"pages/{page}.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return opened
