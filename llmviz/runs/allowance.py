"""What one visitor may ask of a server that strangers visit: so many runs kept, and in a day so many steps, and minutes of training.

Counted since the server started. Teachers are not counted, and neither is a run that another has trained already.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from llmviz.core.history import History
from llmviz.core.hosting import Limits
from llmviz.core.owners import teaches
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec

DAY = 24 * 3_600.0
MOST = 100_000  # begun runs that are remembered
KEPT = "you keep {} here, and one visitor may keep {:,}; delete some in the lab book"
STEPS = "your runs of the last day have {:,} steps, and these would have {:,} more; one visitor may ask for {:,} in a day"
MINUTES = "your runs of the last day have trained for {:,} minutes, and one visitor's may for {:,} in a day; come back tomorrow"


class Keeps(Protocol):
    """Of an engine what is counted."""

    def owned(self, viewer: str) -> list[RunRef]:
        """The runs that are this viewer's."""

    def history(self, run: RunRef) -> History:
        """All a run has said so far."""


@dataclass
class _Begun:
    """A run that began for a visitor."""

    when: float
    viewer: str
    run: RunRef
    steps: int
    seconds: float = 0.0


class Allowance:
    """What visitors have asked for within a day."""

    def __init__(self, engine: Keeps, limits: Limits) -> None:
        self._engine, self._limits = engine, limits
        self._lock = threading.Lock()
        self._begun: list[_Begun] = []

    def check(self, viewer: str, specs: Sequence[RunSpec]) -> None:
        """Raises ValueError, in a sentence, where this visitor may not have these trained. With none, where they may train no longer."""
        most = self._limits
        if not most.hosted or teaches(viewer):
            return
        begun = self._of(viewer)
        minutes = int(sum(map(self._seconds, begun)) // 60)
        if minutes >= most.minutes_each:
            raise ValueError(MINUTES.format(minutes, most.minutes_each))
        steps, more = sum(each.steps for each in begun), sum(spec.train.steps for spec in specs)
        if specs and steps + more > most.steps_each:
            raise ValueError(STEPS.format(steps, more, most.steps_each))
        kept = len(self._engine.owned(viewer)) if specs else 0
        if specs and kept + len(specs) > most.runs_each:
            raise ValueError(KEPT.format("1 run" if kept == 1 else f"{kept:,} runs", most.runs_each))

    def note(self, viewer: str, run: RunRef, spec: RunSpec) -> None:
        """This run has begun for this visitor."""
        with self._lock:
            if self._limits.hosted and not any(each.run == run for each in self._begun):
                self._begun = [*self._begun[-MOST:], _Begun(time.monotonic(), viewer, run, spec.train.steps)]

    def _of(self, viewer: str) -> list[_Begun]:
        with self._lock:
            self._begun = [each for each in self._begun if time.monotonic() - each.when < DAY]
            return [each for each in self._begun if each.viewer == viewer]

    def _seconds(self, begun: _Begun) -> float:
        """Of training so far; of a run that has been deleted what was known last."""
        with suppress(ValueError):
            begun.seconds = self._engine.history(begun.run).seconds
        return begun.seconds
