"""What visitors give of their own: how many a browser may give in a day, and where the page says that it is kept, and for how long."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import TypeVar

from llmviz.core.hosting import limits
from llmviz.runs.sight import Sight
from llmviz.text import store
from llmviz.ui import visit
from llmviz.ui.engine import engine

Kept = TypeVar("Kept")

DAY = 24 * 3_600.0
EVERY = 600.0  # seconds between two looks for what is to be deleted
_lock = threading.Lock()
_times: defaultdict[str, deque[float]] = defaultdict(deque)


def count() -> None:
    """Note that this visitor gives a text. Raises ValueError, in a sentence, past what one may give in a day."""
    now, most = time.monotonic(), limits().texts_each
    with _lock:
        for visitor in [visitor for visitor, times in _times.items() if times[-1] < now - DAY]:
            del _times[visitor]
        times = _times[visit.viewer()]
        while times and times[0] < now - DAY:
            times.popleft()
        if len(times) >= most:
            raise ValueError(f"you have given {most:,} texts within a day, as many as one may here; come back tomorrow")
        times.append(now)


def read(reader: Callable[[str], Kept], digest: str) -> Kept:
    """What is kept under this digest. Raises ValueError, in a sentence, where it is not here, or is another's who has not shared it."""
    if digest and isinstance(seen := engine(), Sight):
        seen.check_texts(digest)
    return reader(digest)


def where() -> str:
    """Where what is given is kept, and for how long, in a sentence."""
    hours = limits().text_hours
    place = "It is kept on this server" if limits().hosted else "It stays on this machine"
    if not hours:
        return f"{place}."
    return f"{place} until nobody has used it for {hours:,} {'hour' if hours == 1 else 'hours'}; then it is deleted."


def sweep() -> None:
    """Delete again and again, in a thread of its own, what nobody has used for the hours that are stated."""
    hours = limits().text_hours
    if not hours:
        return

    def again() -> None:
        while True:
            store.forget_own(hours)
            time.sleep(EVERY)

    threading.Thread(target=again, name="texts", daemon=True).start()
