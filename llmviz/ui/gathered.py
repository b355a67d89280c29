"""What a script tells the server is handed over in handfuls: Streamlit wakes the server's loop for each of a page's hundred messages.

Each wake takes the processor from the script, and the loop then waits for its turn to have it back.
"""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from streamlit.runtime import app_session

PAUSE = 0.005  # seconds in which more may come


class Handfuls:
    """What is to be called in the loop of one session, in the order in which it came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Callable[[], None]] = []

    def add(self, callback: Callable[[], None]) -> bool:
        """Add one; whether it is the first of its handful."""
        with self._lock:
            self._waiting.append(callback)
            return len(self._waiting) == 1

    def call(self) -> None:
        """Call all that have come."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        for callback in taken:
            callback()


def share() -> None:
    """From now on Streamlit's sessions do so."""
    at_once: Callable[[Any, Callable[[], None]], None] = app_session.AppSession._call_soon_on_event_loop

    def soon(self: Any, callback: Callable[[], None]) -> None:
        handfuls: Handfuls = self.__dict__.setdefault("_handfuls", Handfuls())
        if handfuls.add(callback):
            at_once(self, partial(self._event_loop.call_later, PAUSE, handfuls.call))

    app_session.AppSession._call_soon_on_event_loop = soon  # type: ignore[method-assign] # Streamlit has no hook here
