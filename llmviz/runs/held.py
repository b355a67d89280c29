"""Processes that hold one large model each: begun at the first question, ended where it is not asked for long or memory is short."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import psutil

from llmviz.runs.answers import Answers
from llmviz.runs.process import Process

IDLE = 600.0  # seconds without a question after which the process that holds one ends
LOOK = 15.0  # seconds between two looks at whether one is idle, or memory short
LEAST = 1_000  # megabytes of memory to begin to answer: a model of 135 million parameters takes 900 in single precision
SHORT = 300  # below which the process that holds one ends at once


class Held:
    """Those of one server. Make one; `close` ends its processes. `arguments` are those of the worker program."""

    def __init__(self, logs: Path, arguments: Sequence[str]) -> None:
        self._logs, self._arguments = logs, list(arguments)
        self._lock = threading.RLock()
        self._answers: dict[str, Answers] = {}
        self._asked: dict[str, float] = {}
        self._closing = threading.Event()
        self._keeper: threading.Thread | None = None

    def of(self, model: str) -> Answers:
        """The process that holds this model, begun where there is none; it is kept for whoever asks next.

        Raises ValueError, in a sentence, where there is too little memory.
        """
        with self._lock:
            if model not in self._answers:
                check_memory(LEAST, f"this model takes some {LEAST:,} MB of memory")
                self._answers[model] = Answers(partial(self._start, model))
                self._keep()
            self._asked[model] = time.monotonic()
            return self._answers[model]

    def workers(self) -> list[int]:
        """The process numbers of those that hold a model."""
        with self._lock:
            return [answers.process.pid for answers in self._answers.values() if not answers.process.ended]

    def close(self) -> None:
        """Let all processes go."""
        self._closing.set()
        with self._lock:
            going, self._answers = list(self._answers.values()), {}
        for answers in going:
            answers.close()

    def let_go(self, idle: float) -> None:
        """End the processes that have not been asked for so many seconds."""
        with self._lock:
            going = [model for model, asked in self._asked.items() if model in self._answers and time.monotonic() - asked >= idle]
            ending = [self._answers.pop(model) for model in going]
        for answers in ending:
            answers.close()

    def _start(self, model: str, hear: Callable[..., None], gone: Callable[[Process], None]) -> Process:
        return Process(["real", *self._arguments], self._logs / f"real-{model[:8]}.log", hear, gone)

    def _keep(self) -> None:
        """Look every now and then whether a process can go."""
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep_house, name="held models", daemon=True)
            self._keeper.start()

    def _keep_house(self) -> None:
        while not self._closing.wait(LOOK):
            self.let_go(IDLE if free() >= SHORT else 0.0)


def free() -> int:
    """Megabytes of memory that could be had."""
    return int(psutil.virtual_memory().available / 1e6)


def check_memory(needed: int, says: str) -> None:
    """Raise ValueError, in a sentence that begins with what `says` why, where less than so many megabytes could be had."""
    if (there := free()) < needed:
        raise ValueError(f"{says}; this machine has {there:,} MB free")
