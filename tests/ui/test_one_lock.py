"""Two scripts of one session never write its state at once."""

import threading

import pytest
from streamlit.runtime import state

from llmviz.ui import one_lock


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit as `llmviz.ui.serve` starts it, for one test."""
    monkeypatch.setattr(state, "SessionState", state.SessionState)
    monkeypatch.setattr("streamlit.runtime.scriptrunner.script_runner.SafeSessionState", state.SafeSessionState)
    one_lock.share()


def _waits(first: state.SafeSessionState, second: state.SafeSessionState) -> bool:
    """Whether who writes through the second waits while somebody holds the first."""
    written = threading.Event()

    def write() -> None:
        second["word"] = "late"
        written.set()

    writer = threading.Thread(target=write)
    with first.query_params():
        writer.start()
        early = written.wait(0.3)
    writer.join(10)
    assert second["word"] == "late"
    return not early


@pytest.mark.usefixtures("shared")
def test_the_next_script_waits_until_the_one_that_still_runs_has_written() -> None:
    session = state.SessionState()
    assert _waits(one_lock.Locked(session, lambda: None), one_lock.Locked(session, lambda: None))
    assert not _waits(one_lock.Locked(session, lambda: None), state.SafeSessionState(session, lambda: None))  # the server's own look


@pytest.mark.usefixtures("shared")
def test_two_visitors_do_not_wait_for_one_another() -> None:
    assert not _waits(one_lock.Locked(state.SessionState(), lambda: None), one_lock.Locked(state.SessionState(), lambda: None))


def test_streamlit_itself_still_needs_it() -> None:
    session = state.SessionState()
    assert not _waits(state.SafeSessionState(session, lambda: None), state.SafeSessionState(session, lambda: None))
