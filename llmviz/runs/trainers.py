"""The training workers of an engine: begun one after the other, replaced when they end."""

import itertools
from collections.abc import Callable, Collection
from pathlib import Path

from llmviz.runs.process import Process

MOST_FALSE_STARTS = 3


class Trainers:
    """As many as `wanted`, in time. `begin` starts the program of one, which writes into the log it is given."""

    def __init__(self, wanted: int, logs: Path, begin: Callable[[Path], Process]) -> None:
        self._wanted, self._logs, self._begin = wanted, logs, begin
        self._false_starts = 0
        self.processes: list[Process] = []
        self.start()

    def start(self) -> None:
        """One more."""
        taken = {process.log for process in self.processes}
        free = next(log for number in itertools.count(1) if (log := self._logs / f"train-{number}.log") not in taken)
        self.processes.append(self._begin(free))

    def grow(self) -> None:
        """One more, where all that there are have loaded, and more are wanted: to load beside another takes both of them longer."""
        if not self.loading and 0 < len(self.processes) < self._wanted:
            self.start()

    @property
    def loading(self) -> int:
        """How many are not ready yet."""
        return sum(not process.ready for process in self.processes)

    @property
    def all_ready(self) -> bool:
        """Whether there are as many as there will ever be."""
        return not self.loading and len(self.processes) >= self._wanted

    def idle(self, busy: Collection[Process | None]) -> list[Process]:
        """Those that are ready, less the busy ones."""
        return [process for process in self.processes if process.ready and process not in busy]

    def ready(self) -> None:
        """One has loaded: the program starts."""
        self._false_starts = 0

    def gone(self, process: Process, replace: bool) -> None:
        """One has ended; another takes its place, unless the program does not start."""
        self.processes.remove(process)
        self._false_starts += not process.ready
        if replace and not self.broken:
            self.start()

    @property
    def broken(self) -> bool:
        """Whether the program has ended so often before it was ready that it is not started again."""
        return self._false_starts >= MOST_FALSE_STARTS

    def try_again(self) -> None:
        """Start one all the same, for somebody asks."""
        if self.broken:
            self._false_starts = 0
            self.start()
