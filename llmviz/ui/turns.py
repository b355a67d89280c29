"""Scripts of pages take turns: Python runs one at a time anyway, and many at once only make each other, and whatever sends, wait.

With two hundred visitors a hundred scripts ran side by side, and each page came last. So that nobody waits for a script that waits itself,
it gives its turn away meanwhile: where it says so (`apart`), or when it has had it for long. It goes on without waiting for another one,
though more than usual run then: it may hold what others need.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import script_runner

from llmviz.ui import visit

AT_ONCE = 2  # one computes while another reads a file or sends
LONG = 0.25  # seconds after which a turn is over, though its script goes on: it waits for a zip to be read, or is a hundred pages long
STILL = 3.0  # seconds for which a picture that moves by itself may stand still while somebody has clicked and waits


class Turns:
    """So many at a time, in the order in which they come; who is `first` goes before all others."""

    def __init__(self, at_once: int = AT_ONCE, long: float = LONG) -> None:
        self._at_once, self._long = at_once, long
        self._lock = threading.Lock()
        self._since: dict[threading.Event, float] = {}  # when each turn began
        self._waiting: deque[threading.Event] = deque()
        self._own = threading.local()

    @property
    def busy(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    @contextmanager
    def turn(self, first: bool = False) -> Iterator[None]:
        """Wait for a turn, and have it."""
        called = threading.Event()
        with self._lock:
            if first:
                self._waiting.appendleft(called)
            else:
                self._waiting.append(called)
            self._call()
        while not called.wait(self._long):
            self._end_long()
        self._own.turn = called
        try:
            yield
        finally:
            self._own.turn = None
            self._end(called)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Wait for something: the turn of this thread, if it has one, is another's until then."""
        turn: threading.Event | None = getattr(self._own, "turn", None)
        if turn:
            self._end(turn)
        try:
            yield
        finally:
            if turn:
                with self._lock:
                    self._since[turn] = time.monotonic()

    def _call(self) -> None:
        while self._waiting and len(self._since) < self._at_once:
            called = self._waiting.popleft()
            self._since[called] = time.monotonic()
            called.set()

    def _end(self, turn: threading.Event) -> None:
        with self._lock:
            self._since.pop(turn, None)
            self._call()

    def _end_long(self) -> None:
        with self._lock:
            now = time.monotonic()
            self._since = {turn: since for turn, since in self._since.items() if now - since < self._long}
            self._call()


class Order:
    """Runs of one session begin in the order in which they were asked for, though a newer one has ended the older: what was clicked before
    counts first, and is not put in the place of what was clicked since.
    """

    def __init__(self, long: float = LONG) -> None:
        self._long = long
        self._lock = threading.Lock()
        self._last: dict[str, _Run] = {}

    @contextmanager
    def after_others(self, session: str) -> Iterator["_Run"]:
        """Wait until the run before has ended, or has gone on for long since it `began`."""
        mine = _Run()
        with self._lock:
            before, self._last[session] = self._last.get(session), mine
        while before and not before.ended.wait(self._long / 5):
            if before.began and time.monotonic() - before.began > self._long:
                break
        try:
            yield mine
        finally:
            mine.ended.set()
            with self._lock:
                if self._last.get(session) is mine:
                    del self._last[session]


class _Run:
    def __init__(self) -> None:
        self.began, self.ended = 0.0, threading.Event()


turns = Turns()
order = Order()
_script = threading.local()


def requested() -> float:
    """When the script of this thread was asked for, by the clock of `time.monotonic`; outside a server that is now."""
    return getattr(_script, "requested", time.monotonic())


def share() -> None:
    """From now on the scripts of Streamlit take turns, a teacher's first, and what moves by itself gives way to clicks."""
    run: Callable[[Any, Any], None] = script_runner.ScriptRunner._run_script
    ask: Callable[[Any, Any], None] = app_session.AppSession.request_rerun

    def run_in_turn(self: Any, asked: Any) -> None:
        _script.requested = time.monotonic()
        with order.after_others(self._session_id) as mine, turns.turn(first=visit.teaches()):
            mine.began = time.monotonic()
            run(self, asked)

    def ask_in_peace(self: Any, asked: Any) -> None:
        if asked and asked.is_auto_rerun:
            now = time.monotonic()
            if turns.busy and now - self.__dict__.get("_moved", 0.0) < STILL:
                return  # the page will ask again
            self._moved = now
        ask(self, asked)

    script_runner.ScriptRunner._run_script = run_in_turn  # type: ignore[method-assign,assignment] # Streamlit has no hook here
    app_session.AppSession.request_rerun = ask_in_peace  # type: ignore[method-assign,assignment] # as above
