"""Follow the updates of a run: each look reads only what is new. A torn last line waits for its rest."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from llmviz.core.history import History, fold
from llmviz.core.update import Update
from llmviz.runs.folder import UNREADABLE, read_updates

MOST_HISTORIES = 256  # some 0.2 MB each
SETTLED = 1.0  # seconds after which a file that is written once more has another date, however coarse the clock of its disk
MARK = 200  # bytes before the place reached, remembered to notice that a resumed run rewrote them


@dataclass(frozen=True)
class Reached:
    """How far the file was read, the last bytes before that place, and the history up to it."""

    offset: int = 0
    mark: bytes = b""
    history: History = History()


def look(file: Path, reached: Reached) -> Reached:
    """Read on from where an earlier look ended; from the start if the file is no longer the same up to there.

    Raises ValueError where the file cannot be read, or a whole line is not an update.
    """
    offset, mark, fresh = _read(file, reached)
    if not fresh:
        return reached if offset else Reached()
    history = fold(read_updates(fresh.splitlines()), reached.history if offset else None)
    return Reached(offset + len(fresh), (mark + fresh)[-MARK:], history)


def _read(file: Path, reached: Reached) -> tuple[int, bytes, bytes]:
    """The offset that still holds (0: start again), the mark before it, and the whole lines after it."""
    try:
        with file.open("rb") as opened:
            opened.seek(reached.offset - len(reached.mark))
            read = opened.read()
            if not read.startswith(reached.mark):
                opened.seek(0)
                read, reached = opened.read(), Reached()
    except FileNotFoundError:
        return 0, b"", b""
    except OSError as problem:
        raise ValueError(UNREADABLE) from problem
    fresh = read[len(reached.mark) :]
    return reached.offset, reached.mark, fresh[: fresh.rfind(b"\n") + 1]


def updates(file: Path, most: int | None = None) -> list[Update]:
    """The updates on the whole lines of a file, or of its first `most` bytes."""
    _, _, whole = _read(file, Reached())
    return read_updates(whole[:most].splitlines())


class Histories:
    """The histories of many runs, each read only as far as it is new. The oldest looked at are forgotten.

    A file that has not changed is not opened, and nobody waits for another to read: pages ask at every drawing, many at once, and whoever
    waits lets go of the processor.
    """

    def __init__(self) -> None:
        self._reached: OrderedDict[Path, tuple[Reached, object]] = OrderedDict()  # with the file's date and length, once they are settled
        self._lock = threading.Lock()

    def look(self, file: Path) -> History:
        """All that these updates say so far."""
        reached, before = self._reached.get(file, (Reached(), None))
        now = _stamp(file)
        if now is None or now != before:
            reached = look(file, reached)
        with self._lock:
            self._reached[file] = reached, now
            self._reached.move_to_end(file)
            if len(self._reached) > MOST_HISTORIES:
                self._reached.popitem(last=False)
        return reached.history


def _stamp(file: Path) -> object:
    """The date and the length of a file by which a change would show; None of one that was written just now, or is not there."""
    try:
        written = file.stat()
    except OSError:
        return None
    return (written.st_mtime_ns, written.st_size) if time.time() - written.st_mtime > SETTLED else None
