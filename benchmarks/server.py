"""The app as a process of its own, with a home of its own, and the memory it takes together with its workers."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
MEGABYTE = 1e6
RESTING = 3.0  # seconds in which a process that loads shows it


class Server:
    """A running app. `started` is the moment its command was given, on the clock of `time.perf_counter`."""

    def __init__(self, home: Path, environment: Mapping[str, str] = MappingProxyType({})) -> None:
        self.url = f"http://localhost:{_free_port()}"
        command = [sys.executable, "-m", "llmviz.ui.serve", "app.py", "--server.port", self.url.rpartition(":")[2]]
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment, "LLMVIZ_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self, timeout: float = 60.0) -> None:
        """Until it takes connections. Raises RuntimeError where it ends or keeps silent."""
        port = int(self.url.rpartition(":")[2])
        while time.perf_counter() - self.started < timeout:
            if self.process.poll() is not None:
                raise RuntimeError(f"the app ended with status {self.process.returncode} before it served a page")
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("the app took no connection within a minute")

    def settle(self, timeout: float = 120.0) -> None:
        """Until it and the workers that start with it have loaded, and rest. Raises RuntimeError where they never do."""
        until, before = time.perf_counter() + timeout, self._busy()
        while time.perf_counter() < until:
            time.sleep(RESTING)
            now = self._busy()
            if len(now) == len(before) > 1 and sum(now) - sum(before) < 0.05 * RESTING:
                return
            before = now
        raise RuntimeError("the app and its workers did not come to rest")

    def _busy(self) -> list[float]:
        """Processor seconds that each process of it has taken so far."""
        return [sum(times[:2]) for times in self._each(psutil.Process.cpu_times)]

    def memory(self) -> tuple[float, float]:
        """Resident megabytes of the server alone, and of it with all its workers; shared pages are counted for each."""
        resident = [found.rss for found in self._each(psutil.Process.memory_info)]
        return resident[0] / MEGABYTE, sum(resident) / MEGABYTE

    def _each(self, measure: Callable[[psutil.Process], Any]) -> list[Any]:
        """What is measured of the server, and then of each of its workers."""
        own = psutil.Process(self.process.pid)
        found = [measure(own)]
        for child in own.children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it may just have ended
                found.append(measure(child))
        return found

    def stop(self) -> None:
        """End it, and whatever it has started."""
        own = psutil.Process(self.process.pid)
        family = [*own.children(recursive=True), own]
        self.process.terminate()
        _, alive = psutil.wait_procs(family, timeout=15)
        for member in alive:
            member.kill()
        self.process.wait()


@contextmanager
def running(home: Path, environment: Mapping[str, str] = MappingProxyType({})) -> Iterator[Server]:
    """An app that has just been started, and is ended afterwards."""
    server = Server(home, environment)
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])
