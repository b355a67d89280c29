"""The log of a server: one JSON object a line on stderr, of what happens and never of what a visitor wrote.

A sentence may stand in any address, in the message of any exception and in any line of a library's log. So none of these is written: of an
exception its type and where it was raised, of a library's line where in the library it was written.
"""

import json
import logging
import os
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

CHOICE = "LLMVIZ_LOG"  # json or plain
JSON, PLAIN = "json", "plain"
_begun = threading.Event()
_door = threading.Lock()


def wanted(hosted: bool) -> bool:
    """Whether this log is kept: as LLMVIZ_LOG says, and where it says nothing on a hosted server. Raises ValueError for another word."""
    told = os.environ.get(CHOICE) or (JSON if hosted else PLAIN)
    if told not in (JSON, PLAIN):
        raise ValueError(f"{CHOICE} is {told!r}; it is {JSON} or {PLAIN}")
    return told == JSON


def begin() -> None:
    """Keep it from now on, and let Python's own complaints go there too."""
    _begun.set()
    logging.basicConfig(handlers=[Lines()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def say(event: str, **facts: Any) -> None:
    """One line, where the log is kept. Of the facts none is a visitor's text, or names a visitor."""
    if _begun.is_set():
        line = json.dumps({"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts})
        with _door:  # lines of several threads do not mix
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


def told(message: dict[str, Any]) -> None:
    """What a worker is told, as far as it is worth a line: that a run begins."""
    if message.get("do") == "train":
        say("run begun", run=message.get("run"))


def heard(message: dict[str, Any]) -> None:
    """What a worker says, as far as it is worth a line: that a run has ended, and how. Why it failed its folder says, to its owner."""
    if message.get("say") == "ended":
        update = message.get("update", {})
        say(f"run {update.get('type')}", run=message.get("run"), step=update.get("step"))


class Lines(logging.Handler):
    """Lines of Python's logging, without their messages."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say where the line comes from, and of its exception the same."""
        problem = record.exc_info[1] if record.exc_info else None
        where = f"{record.module}:{record.lineno}"
        say("error" if record.levelno >= logging.ERROR else "log", logger=record.name, level=record.levelname, where=where, **_of(problem))


def _uncaught(_: type[BaseException], problem: BaseException | None, __: TracebackType | None) -> None:
    say("error", **_of(problem))


def _of(problem: BaseException | None) -> dict[str, Any]:
    """The type of an exception, where it passed, and the same of what it was raised for."""
    if problem is None:
        return {}
    passed = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(problem.__traceback__)]
    cause = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    return {"exception": type(problem).__name__, "traceback": passed, **({"because": _of(cause)} if cause else {})}
