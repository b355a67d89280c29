"""What a process has one of."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Once(Generic[Thing]):
    """Makes a thing at the first call and gives it to every later one, however many ask at once.

    Not a cache of Streamlit's: those are emptied whenever the browser of any visitor says so, and another engine would start its workers
    beside those of the first.
    """

    def __init__(self, make: Callable[[], Thing]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[Thing] = []

    def __call__(self) -> Thing:
        """The one there is."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    def forget(self) -> None:
        """Make another at the next call, as a process that begins anew does."""
        with self._lock:
            self._made.clear()
