"""One lock for a session's state, however many scripts of that session still run.

Who clicks while a page is drawn gets the next script at once: Streamlit tells the script that runs to stop, which it does at its next
call, and starts another beside it. Both write the same state, but each behind a lock of its own, so that the one that ends may add a
widget while the one that begins goes through them ("dictionary changed size during iteration", shown in place of the page). Here the
lock belongs to the state.
"""

import threading
from collections.abc import Callable

from streamlit.runtime import state
from streamlit.runtime.scriptrunner import script_runner


class Session(state.SessionState):
    """A session's state and the lock of all who read and write it."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.RLock()


class Locked(state.SafeSessionState):
    """One script's way to the state, behind the lock that the session's other scripts wait at."""

    def __init__(self, shared: state.SessionState, yield_callback: Callable[[], None]) -> None:
        super().__init__(shared, yield_callback)
        if isinstance(shared, Session):
            object.__setattr__(self, "_lock", shared.lock)


def share() -> None:
    """From now on Streamlit makes its sessions, and what runs their scripts, so. Its server, which only looks, waits for nobody."""
    state.SessionState = Session  # type: ignore[misc,assignment]  # where a session takes its class from, each time one begins
    script_runner.SafeSessionState = Locked  # type: ignore[attr-defined,assignment]
