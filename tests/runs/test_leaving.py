"""Ends that come from outside: signals, a full disk, a home that is no folder. Nothing is orphaned and nothing is lost."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from safetensors import SafetensorError

from llmviz.core.run import RunRef
from llmviz.core.update import Failed, Snapshot, Step, Stopped
from llmviz.runs.engine import Command, State
from llmviz.runs.process import Process
from llmviz.runs.recordings import HERE
from llmviz.runs.store import Store
from tests.runs import fake
from tests.runs.conftest import MakeEngine, again, attempt_at, outcome, until
from tests.runs.fake import spec
from tests.runs.test_local import LONG, SERVER

SIGNALS = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
FULL = SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Programs started here end by a hang-up, also where these tests run under nohup: who has a handler hands on the default."""
    yield from _hanging_up(lambda *_: None)


@pytest.fixture
def under_nohup() -> Iterator[None]:
    """Programs started here ignore a hang-up from their first instant, as nohup has it."""
    yield from _hanging_up(signal.SIG_IGN)


def _hanging_up(handler: Any) -> Iterator[None]:
    number = getattr(signal, "SIGHUP", None)
    before = signal.signal(number, handler) if number else None
    yield
    if number:
        signal.signal(number, before)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no hang-up")
def test_under_nohup_a_worker_trains_on_when_the_terminal_closes(under_nohup: None, engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = engine.train(LONG, "ann")
    until(lambda: engine.history(run).step > 20)
    before = engine.history(run).step
    for pid in engine.workers():
        os.kill(pid, signal.SIGHUP)
    until(lambda: engine.history(run).step > before + 100)
    assert engine.status(run, "ann").state == State.TRAINING
    os.kill(engine.workers()[0], signal.SIGTERM)  # this one it hears as ever
    until(lambda: engine.status(run, "ann").state == State.STOPPED)


@pytest.mark.skipif(sys.platform == "win32", reason="there a signal ends a process without a word")
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_worker_told_to_end_keeps_a_checkpoint_first(number: signal.Signals, engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = engine.train(LONG, "ann")
    until(lambda: engine.history(run).step > 20)
    os.kill(engine.workers()[0], number)
    until(lambda: engine.status(run, "ann").state == State.STOPPED)
    stopped = engine.history(run)
    assert isinstance(stopped.end, Stopped)
    engine.resume(run, "ann")  # another worker has taken its place
    until(lambda: engine.history(run).end is None and engine.history(run).step > stopped.step)
    assert engine.history(run).batches.steps[: stopped.step] == stopped.batches.steps


@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups of this kind")
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_service_that_ends_with_all_its_processes_leaves_none(number: signal.Signals, store: Store) -> None:
    command = [sys.executable, "-c", SERVER, str(store.home)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert server.stdout
    key, *pids = server.stdout.readline().split()
    os.killpg(server.pid, number)
    server.wait()
    server.stdout.close()
    until(lambda: not any(psutil.pid_exists(int(pid)) for pid in pids))
    status = store.status(store.match(key))
    assert (status.state, status.reason) == (State.STOPPED, "the program that watched it was closed")


def test_a_worker_that_is_still_getting_ready_leaves_at_once(tmp_path: Path) -> None:
    gone = threading.Event()
    arguments = ["train", "--home", str(tmp_path), "--workshop", "tests.runs.fake:Sluggish"]
    process = Process(arguments, tmp_path / "train.log", lambda *_: None, lambda _: gone.set())
    process.leave()
    until(gone.is_set)


def test_a_disk_too_full_for_a_checkpoint(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = attempt_at(Store(tmp_path / "whole"), spec(22))
    list(whole)
    full = attempt_at(store, spec(22))
    while next(full).step < 15:
        pass

    def refuse(training: object, file: Path, notes: object) -> None:
        file.write_bytes(b"half a checkpoint")
        raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(fake.FakeTraining, "save_checkpoint", refuse)
        last = full.stop("by hand")
    assert isinstance(last, Failed)
    assert "disk is full" in last.reason
    assert not (full.folder.path / ".checkpoint").exists()  # what was begun gives its room back
    rest = again(store, full.run)
    list(rest)
    assert outcome(rest.folder) == outcome(whole.folder)


def test_a_disk_too_full_for_a_snapshot(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(stage: object, folder: Path) -> None:
        raise FULL

    monkeypatch.setattr(fake.FakeStage, "save", refuse)
    updates = list(attempt_at(store, spec(22)))
    assert not any(isinstance(update, Step | Snapshot) for update in updates)
    assert isinstance(updates[-1], Failed)
    assert "disk is full" in updates[-1].reason


def test_a_home_that_is_no_folder_keeps_nobody_from_the_recordings(engine_of: MakeEngine, tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("no folder", encoding="utf-8")
    engine = engine_of(home=home, recordings=HERE)
    with pytest.raises(ValueError, match=r"cannot be written .* LLMVIZ_HOME"):
        engine.train(spec(), "ann")
    assert engine.find(spec()) is None
    with pytest.raises(ValueError, match="not under way"):
        engine.control(RunRef(spec().id, 1), Command.STOP, "ann")
