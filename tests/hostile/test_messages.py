"""What no page of ours sends: messages of strangers, and too many of them."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from llmviz.core.once import Once
from llmviz.ui import engine
from tests.hostile.client import clear_cache, rerun, serving, visiting, workers


@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal that ends the server in peace")
def test_who_clears_the_cache_of_the_server_starts_no_workers(tmp_path: Path) -> None:
    with serving("app.py", tmp_path) as (address, server), visiting(address) as visitor, visiting(address) as other:
        rerun(visitor)
        before = workers(server)
        assert len(before) == 2  # one that trains, one that answers
        for _ in range(5):
            clear_cache(visitor)
            rerun(visitor)
            rerun(other)
        assert workers(server) == before


def test_engine_and_studies_outlive_the_caches_of_streamlit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def make() -> object:
        made.append(object())
        return made[-1]

    monkeypatch.setattr(engine, "make", make)
    monkeypatch.setattr(engine, "home", lambda: tmp_path)
    engine.forget()
    first = engine.engine(), engine.studies()

    def page() -> None:
        from llmviz.ui.engine import engine, studies

        engine(), studies()

    for _ in range(2):
        st.cache_resource.clear()
        st.cache_data.clear()
        assert not AppTest.from_function(page).run().exception
    assert (engine.engine(), engine.studies()) == first and len(made) == 1
    engine.forget()
    assert engine.engine() is not first[0] and len(made) == 2  # as a server that starts anew
    engine.forget()


def test_of_many_who_come_first_at_once_one_makes_it() -> None:
    made: list[object] = []

    def slowly() -> object:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    once, together = Once(slowly), Barrier(8)

    def come() -> object:
        together.wait()
        return once()

    with ThreadPoolExecutor(8) as visitors:
        got = [each.result() for each in [visitors.submit(come) for _ in range(8)]]
    assert len(made) == 1 and got == made * 8


def test_what_could_not_be_made_is_tried_again() -> None:
    tries: list[int] = []

    def make() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("the disk is full")
        return len(tries)

    once = Once(make)
    with pytest.raises(ValueError, match="disk is full"):
        once()
    assert once() == once() == 2
