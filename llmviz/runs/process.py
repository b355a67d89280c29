"""A worker as its owner sees it: a process that is spoken to in JSON lines. Knows nothing of what the lines mean; the log does."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import llmviz
from llmviz.core import journal

Message = dict[str, Any]
MOST_WORKERS = 4
# One thread each, whatever the library: two would change the weights. And nothing asks the network.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "PYTHONUTF8": "1",
    # glibc raises these by itself with every large tensor that is freed, and then keeps what is freed: some 200 MB after a few runs.
    "MALLOC_MMAP_THRESHOLD_": "4000000",
    "MALLOC_TRIM_THRESHOLD_": "16000000",
}


class Process:
    """A running worker. `hear` gets each line it says and `gone` its end, both in a thread of this worker's own."""

    def __init__(
        self,
        arguments: Sequence[str],
        log: Path,
        hear: Callable[["Process", Message], None],
        gone: Callable[["Process"], None],
    ) -> None:
        self.log = log
        self.ready = False
        self.ended = False
        self._hear, self._gone = hear, gone
        self._door = threading.Lock()
        with _opened(log) as errors:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "llmviz.runs.worker", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment(),
            )
        threading.Thread(target=self._listen, name=f"worker {self.pid}", daemon=True).start()

    @property
    def pid(self) -> int:
        """The system's number for the process."""
        return self._popen.pid

    def send(self, message: Message) -> None:
        """Say one line. A worker that has just died does not hear it; its end follows through `gone`."""
        assert self._popen.stdin
        journal.told(message)
        with self._door:
            try:
                self._popen.stdin.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
                self._popen.stdin.flush()
            except (BrokenPipeError, ValueError, OSError):
                return

    def leave(self) -> None:
        """Ask it to checkpoint and leave, by ending its input."""
        assert self._popen.stdin
        with self._door:
            try:
                self._popen.stdin.close()
            except OSError:
                return

    def wait(self, patience: float) -> None:
        """Return when it has left; after `patience` seconds make it."""
        try:
            self._popen.wait(patience)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    def _listen(self) -> None:
        assert self._popen.stdout
        for line in self._popen.stdout:
            try:
                message = json.loads(line)
            except ValueError:  # killed within a line
                break
            if message["say"] == "ready":
                self.ready = True
            journal.heard(message)
            self._hear(self, message)
        self._popen.stdout.close()
        self._popen.wait()
        self.leave()
        self.ended = True
        if self._popen.returncode:
            journal.say("worker died", status=self._popen.returncode, log=self.log.name)
        self._gone(self)


def environment() -> dict[str, str]:
    """The environment of a program of ours: one thread, no network, and the code that runs here."""
    path = os.pathsep.join(filter(None, (str(Path(llmviz.__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    return {**os.environ, **ENVIRONMENT, "PYTHONPATH": path}


def _opened(log: Path) -> BinaryIO:
    """The log, or nowhere where it cannot be written: recordings can be shown without a folder for runs."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        return log.open("wb")
    except OSError:
        return open(os.devnull, "wb")  # noqa: PTH123 - no path of ours


def usual_workers() -> int:
    """Training workers: one a core, at most four, or what LLMVIZ_WORKERS says."""
    given = os.environ.get("LLMVIZ_WORKERS", "")
    return int(given) if given.isdecimal() and int(given) else min(MOST_WORKERS, os.cpu_count() or 1)
