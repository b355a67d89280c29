"""Whether this machine has what the app needs, how fast it is, how long the default runs take on it, and how many students it bears."""

import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

from llmviz.core import hosting, locked
from llmviz.core.home import home as default_home
from llmviz.core.hosting import MEGABYTE
from llmviz.runs import seconds
from llmviz.runs.process import usual_workers
from llmviz.runs.rate import Rate
from llmviz.runs.seconds import Timed

GOOD, NOTE, MISSING = "good", "note", "missing"
LONG = 3.0  # seconds of training
PORT = 8501  # Streamlit's
LEAST_DISK_MB = 200  # the texts, prepared, take 51; a run of the largest model with its 32 snapshots 130
SERVER_MB, WORKER_MB = 160, 475  # held by a server that 20 visitors walk through, and by a worker: measured with `ACTION`
GROUP = Path("/sys/fs/cgroup")  # where Linux keeps what a container may use
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "chrome",
)
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


@dataclass(frozen=True)
class Action:
    """What one student's click costs the server: seconds of its one thread, measured at this rate (GFLOP/s), and how."""

    seconds: float
    gflops: float
    every: float
    busy: float
    how: str


# The one figure behind `students`. A load test's, of clicks that ask and train as well, belongs here once there is one.
ACTION = Action(
    seconds=0.0372,
    gflops=87.0,
    every=5.0,
    busy=0.5,
    how="each opening another page every 5 s, the server half busy; measured with 20 visitors on all pages, nothing in training",
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is GOOD, MISSING, which the app cannot do without, or merely a NOTE."""

    name: str
    state: str
    text: str


@dataclass(frozen=True)
class Check:
    """All that was found. `rate` and what follows of it are there where the training went well."""

    findings: tuple[Finding, ...]
    rate: Rate | None = None
    runs: tuple[Timed, ...] = ()
    students: int = 0

    @property
    def good(self) -> bool:
        """Whether nothing is missing."""
        return all(finding.state != MISSING for finding in self.findings)


def check(home: Path | None = None, port: int = PORT) -> Check:
    """Look at everything, and where nothing is missing train for three seconds."""
    home = home or default_home()
    found = Check((packages(locked.installed()), writable(home), disk(home), memory(available()), cores(), free(port), browser()))
    if not found.good:
        return found
    try:
        rate = seconds.trained(seconds.defaults()[seconds.TRIED], LONG)
    except (ValueError, OSError) as problem:
        return Check((*found.findings, Finding("training", MISSING, f"{LONG:g} seconds of training failed: {problem}")))
    trained = Finding("training", GOOD, f"{rate.steps} batches learnt, {1 / rate.step:.0f} a second")
    return Check((*found.findings, trained), rate, tuple(seconds.here(rate)), students(seconds.slower(rate, ACTION.gflops)))


def packages(there: dict[str, str]) -> Finding:
    """The installed packages against locks/."""
    if wrong := locked.wrong(there):
        return Finding("packages", MISSING, f"{_first(wrong)} Run `python3 start.py install`.")
    if unpinned := locked.unpinned(there):
        return Finding("packages", NOTE, f"No lock names {_first(unpinned)}.")
    return Finding("packages", GOOD, f"{len(there)} as locks/ pins them")


def writable(home: Path) -> Finding:
    """Whether runs can be kept."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=home):
            return Finding("folder", GOOD, f"{home} can be written")
    except OSError as problem:
        return Finding("folder", MISSING, f"{home} cannot be written ({problem.strerror}); LLMVIZ_HOME can name another folder")


def disk(home: Path) -> Finding:
    """Whether there is room for runs, and for as many as the limits allow."""
    there = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    free, most = shutil.disk_usage(there).free // MEGABYTE, hosting.limits().disk_mb
    text = f"{free:,} MB free"
    if free < LEAST_DISK_MB:
        return Finding("disk", MISSING, f"{text}; runs and prepared texts need {LEAST_DISK_MB}")
    if hosting.limits().hosted and free < most:
        return Finding("disk", NOTE, f"{text}, less than the {most:,} MB of runs that LLMVIZ_DISK_MB allows")
    return Finding("disk", GOOD, text)


def memory(there: int) -> Finding:
    """Whether the server and all its workers have room: those that train, one that answers, one for texts."""
    workers = usual_workers()
    needed = SERVER_MB + WORKER_MB * (workers + 2)
    text = f"{there // MEGABYTE:,} MB available; a server with {workers} training at once takes up to {needed:,}"
    if there < MEGABYTE * (SERVER_MB + 2 * WORKER_MB):
        return Finding("memory", MISSING, text)
    if there < MEGABYTE * needed:
        return Finding("memory", NOTE, f"{text}; LLMVIZ_WORKERS sets how many")
    return Finding("memory", GOOD, text)


def available() -> int:
    """The bytes this process and its children may yet take: of the machine, and of a container's share of it."""
    free = psutil.virtual_memory().available
    try:
        most, held = ((GROUP / f"memory.{name}").read_text().strip() for name in ("max", "current"))
    except OSError:
        return free
    return min(free, int(most) - int(held)) if most.isdecimal() else free


def cores() -> Finding:
    """How many runs can train at once without one slowing the other."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        share, period = (GROUP / "cpu.max").read_text().split()
        count = min(count, max(1, int(share) // int(period))) if share.isdecimal() else count
    except (OSError, ValueError):
        pass
    text = f"{count}, and {usual_workers()} may train at once"
    return Finding("cores", GOOD if count > 1 else NOTE, text if count > 1 else f"{text}; a run in training slows the pages")


def free(port: int) -> Finding:
    """Whether the app's usual port can be listened on."""
    with socket.socket() as tried:
        try:
            tried.bind(("localhost", port))
        except OSError:
            return Finding("port", NOTE, f"{port} is taken; `python3 start.py --server.port N` takes another")
    return Finding("port", GOOD, f"{port} is free")


def browser() -> Finding:
    """A browser for the tests; whoever opens the app brings their own."""
    found = browser_file()
    return Finding("browser", GOOD, found) if found else Finding("browser", NOTE, "none: `start.py test` skips what needs one")


def browser_file() -> str | None:
    """The first of the browsers that this machine has."""
    found = (shutil.which(name) for name in BROWSERS)
    return next((file for file in [*found, *ELSEWHERE] if file and Path(file).exists()), None)


def students(slower: float) -> int:
    """How many students one server bears, on a machine so many times as slow: its pages are drawn by one thread."""
    return int(ACTION.busy * ACTION.every / (ACTION.seconds * slower))


def _first(sentences: list[str]) -> str:
    more = len(sentences) - 1
    return sentences[0] + (f" And {more} more." if more else "")


def as_json(found: Check) -> dict[str, object]:
    """The same as plain values."""
    return {
        "good": found.good,
        "findings": [vars(finding) for finding in found.findings],
        "rate": vars(found.rate) if found.rate else None,
        "runs": [{"stage": run.spec.stage, "text": run.spec.text.name, "seconds": round(run.seconds, 1)} for run in found.runs],
        "students": found.students,
        "how": ACTION.how,
    }
