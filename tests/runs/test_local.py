"""The engine with real worker programs over a tiny workshop."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from llmviz.core.hosting import Limits
from llmviz.core.run import RunRef
from llmviz.core.update import Done, Stopped
from llmviz.runs.engine import LOADING, UNDER_WAY, Command, ControlRefused, Slow, State, Status
from llmviz.runs.local import LocalEngine
from llmviz.runs.store import Store
from tests.runs.conftest import MakeEngine, attempt_at, outcome, until
from tests.runs.fake import BREAKS, DIES_AT_START, spec

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
LONG = spec(20_000, milliseconds=2)


def state(engine: LocalEngine, run: RunRef, viewer: str = "ann") -> State:
    return engine.status(run, viewer).state


def ended(engine: LocalEngine, run: RunRef) -> bool:
    return state(engine, run) not in UNDER_WAY


def begun(engine: LocalEngine, run: RunRef) -> bool:
    return engine.history(run).step > 0


def test_a_run_trains_in_a_worker_to_the_outcome_it_has_here(engine_of: MakeEngine, tmp_path: Path) -> None:
    engine = engine_of()
    here = attempt_at(Store(tmp_path / "here"), spec())
    list(here)
    assert engine.find(spec()) is None
    run = engine.train(spec(), "ann")
    until(lambda: ended(engine, run))
    assert state(engine, run) == State.DONE
    assert isinstance(engine.history(run).end, Done)
    assert engine.find(spec()) == run
    assert engine.spec(run) == spec()
    assert engine.tokenizer(run).exists()
    assert outcome(engine.store.folder(run)) == outcome(here.folder)
    with pytest.raises(ValueError, match="is done"):
        engine.resume(run, "ann")


def test_equal_specs_share_the_attempt_under_way_and_only_its_owner_steers(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=Limits(away_seconds=3))
    run = engine.train(LONG, "ann")
    assert engine.train(LONG, "bob") == run
    assert engine.status(run, "ann").owner
    assert not engine.status(run, "bob").owner
    until(lambda: begun(engine, run))
    assert engine.status(run, "ann").owner  # a sign of her
    with pytest.raises(
        ControlRefused, match="somebody else started this run and steers it until nothing has been seen of them for 3 seconds"
    ):
        engine.control(run, Command.PAUSE, "bob")
    until(lambda: engine.away("ann"))
    engine.control(run, Command.STOP, "bob")
    assert engine.train(LONG, "bob") == RunRef(run.id, 2)
    assert engine.status(run, "bob").reason == "stopped by hand"


def test_a_queue_with_a_visible_position(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=Limits(waiting=2))
    first = engine.train(LONG, "ann")
    until(lambda: begun(engine, first))
    second, third = engine.train(spec(seed=1), "bob"), engine.train(spec(seed=2), "bob")
    assert [engine.status(run, "bob").position for run in (first, second, third)] == [0, 1, 2]
    assert (state(engine, second), engine.status(second, "bob").reason) == (State.QUEUED, "")
    with pytest.raises(ControlRefused, match="has not begun"):
        engine.control(second, Command.PAUSE, "bob")
    with pytest.raises(ValueError, match="waiting already"):
        engine.train(spec(seed=3), "cy")
    engine.control(second, Command.STOP, "bob")
    assert (state(engine, second), engine.status(third, "bob").position) == (State.STOPPED, 1)
    engine.control(first, Command.STOP, "ann")
    until(lambda: state(engine, third) == State.DONE)
    engine.resume(second, "bob")
    until(lambda: state(engine, second) == State.DONE)


def test_a_run_that_waits_for_a_worker_to_load_says_so(engine_of: MakeEngine) -> None:
    engine = engine_of()
    first, second = engine.train(LONG, "ann"), engine.train(spec(seed=1), "ann")  # no worker is ready within an instant
    assert [engine.status(run, "ann").reason for run in (first, second)] == [LOADING, ""]
    until(lambda: begun(engine, first))
    assert engine.status(first, "ann").reason == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a program cannot be stopped by a signal there")
def test_a_program_that_hangs_is_quiet(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = engine.train(LONG, "ann")
    until(lambda: begun(engine, run))
    os.kill(engine.workers()[0], signal.SIGSTOP)
    until(lambda: engine.status(run, "ann").quiet > 1.5)
    os.kill(engine.workers()[0], signal.SIGCONT)
    until(lambda: engine.status(run, "ann").quiet < 1.0)
    engine.control(run, Command.PAUSE, "ann")
    assert engine.status(run, "ann").quiet == 0.0  # whoever stands still has nothing to say


def test_pause_one_step_and_continue(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = engine.train(LONG, "ann")
    until(lambda: begun(engine, run))
    with pytest.raises(ControlRefused, match="pause it first"):
        engine.control(run, Command.STEP, "ann")
    engine.control(run, Command.PAUSE, "ann")
    assert state(engine, run) == State.PAUSED
    until(lambda: engine.status(run, "ann").still)
    assert engine.store.folder(run).checkpoint.exists()
    before = engine.history(run).step
    assert _settled(engine, run) == before  # it stands where it is said to
    engine.control(run, Slow(0.05), "ann")
    until(lambda: engine.status(run, "ann").still)  # also after a word that lets it stand
    for count in (1, 2, 3):
        engine.control(run, Command.STEP, "ann")
        until(lambda: engine.status(run, "ann").still)
        assert engine.history(run).step == before + count
        until(lambda: engine.history(run).step > before)
        assert _settled(engine, run) == before + count
    engine.control(run, Command.STEP, "ann")
    engine.control(run, Command.STEP, "ann")  # a double click is one step
    assert _settled(engine, run) == before + 4
    assert state(engine, run) == State.PAUSED
    engine.control(run, Command.CONTINUE, "ann")
    until(lambda: engine.history(run).step > before + 10)
    assert state(engine, run) == State.TRAINING and not engine.status(run, "ann").still


def _settled(engine: LocalEngine, run: RunRef) -> int:
    """The step at which a paused run stands."""
    while True:
        step = engine.history(run).step
        time.sleep(0.15)
        if engine.history(run).step == step:
            return step


def test_a_slow_run_still_obeys(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = engine.train(LONG, "ann")
    until(lambda: begun(engine, run))
    engine.control(run, Slow(10), "ann")
    assert engine.status(run, "ann").delay == 10
    step = _settled(engine, run)
    engine.control(run, Slow(0), "ann")
    until(lambda: engine.history(run).step > step + 5)
    engine.control(run, Slow(10), "ann")
    engine.control(run, Command.STOP, "ann")
    until(lambda: ended(engine, run))
    with pytest.raises(ValueError, match="0 to 10"):
        Slow(float("nan"))


def test_a_stopped_run_goes_on_to_the_same_outcome(engine_of: MakeEngine, tmp_path: Path) -> None:
    engine = engine_of()
    here = attempt_at(Store(tmp_path / "here"), spec(300, milliseconds=1))
    list(here)
    run = engine.train(spec(300, milliseconds=1), "ann")
    until(lambda: begun(engine, run))
    engine.control(run, Command.STOP, "ann")
    until(lambda: ended(engine, run))
    assert isinstance(engine.history(run).end, Stopped)
    engine.resume(run, "bob")
    until(lambda: state(engine, run) == State.DONE)
    assert isinstance(engine.history(run).end, Done)
    assert outcome(engine.store.folder(run)) == outcome(here.folder)


def test_a_run_nobody_watches_is_stopped(engine_of: MakeEngine) -> None:
    engine = engine_of(lease=1.0)
    run, waiting = engine.train(LONG, "ann"), engine.train(spec(seed=1), "ann")
    until(lambda: all(state(engine, each) for each in (run, waiting)) and begun(engine, run))  # asking is watching
    until(lambda: engine.history(run).end is not None and engine.history(waiting).end is not None)
    until(lambda: ended(engine, run) and ended(engine, waiting))
    for stopped in (run, waiting):
        assert engine.status(stopped, "ann") == Status(State.STOPPED, owner=True, reason="nobody was watching", still=True)


def test_a_killed_worker_is_replaced_and_its_run_goes_on(engine_of: MakeEngine, tmp_path: Path) -> None:
    engine = engine_of()
    here = attempt_at(Store(tmp_path / "here"), spec(300, milliseconds=1))
    list(here)
    run = engine.train(spec(300, milliseconds=1), "ann")
    until(lambda: begun(engine, run))
    os.kill(engine.workers()[0], KILL)
    until(lambda: state(engine, run) == State.INTERRUPTED)
    assert "can go on" in engine.status(run, "ann").reason
    engine.resume(run, "ann")
    until(lambda: state(engine, run) == State.DONE)
    assert outcome(engine.store.folder(run)) == outcome(here.folder)


def test_a_run_that_kills_its_worker_does_not_stop_the_others(engine_of: MakeEngine) -> None:
    engine = engine_of()
    deadly, breaking, good = (engine.train(spec(seed=seed), "ann") for seed in (DIES_AT_START, BREAKS, 1))
    until(lambda: state(engine, good) == State.DONE)
    assert state(engine, deadly) == State.INTERRUPTED
    assert (state(engine, breaking), engine.status(breaking, "ann").reason) == (State.FAILED, "RuntimeError: the vector broke")


def test_a_program_that_does_not_start_is_said(engine_of: MakeEngine) -> None:
    engine = engine_of(workshop="tests.runs.fake:Broken")
    run = engine.train(spec(), "ann")
    until(lambda: ended(engine, run))
    assert "does not start" in engine.status(run, "ann").reason
    assert "RuntimeError" in (engine.store.home / "logs" / "train-1.log").read_text(encoding="utf-8")


def test_another_engine_reads_the_same_runs_and_does_not_train_them_twice(engine_of: MakeEngine) -> None:
    first, second = engine_of(), engine_of()
    run = first.train(LONG, "ann")
    assert second.train(LONG, "bob") == run
    until(lambda: second.history(run).step > 0)
    assert state(second, run) == State.TRAINING
    with pytest.raises(ControlRefused, match="another program"):
        second.control(run, Command.STOP, "bob")
    first.close()
    assert state(second, run) == State.STOPPED
    second.resume(run, "bob")
    until(lambda: state(second, run) == State.TRAINING)


SERVER = """
import sys, time
from pathlib import Path
from llmviz.runs.local import LocalEngine
from tests.runs.test_local import LONG
home = Path(sys.argv[1])
engine = LocalEngine(home, recordings=home / "recordings", workers=1, workshop="tests.runs.fake:Fake")
run = engine.train(LONG, "ann")
while not engine.history(run).step:
    time.sleep(0.01)
assert "torch" not in sys.modules and "transformers" not in sys.modules
print(run.key, *engine.workers(), flush=True)
time.sleep(60)
"""


def test_a_killed_server_leaves_no_worker_behind_and_its_run_goes_on(store: Store) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(store.home)], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    key, *pids = server.stdout.readline().split()
    server.kill()
    server.wait()
    server.stdout.close()
    until(lambda: not any(psutil.pid_exists(int(pid)) for pid in pids))
    status = store.status(store.match(key))
    assert (status.state, status.reason) == (State.STOPPED, "the program that watched it was closed")


def test_what_is_not_there_is_said(engine_of: MakeEngine) -> None:
    engine = engine_of()
    nothing = RunRef("0" * 64, 1)
    for ask in (
        lambda: engine.history(nothing),
        lambda: engine.spec(nothing),
        lambda: engine.status(nothing, "ann"),
        lambda: engine.resume(nothing, "ann"),
        lambda: engine.tokenizer(nothing),
        lambda: engine.control(nothing, Command.PAUSE, "ann"),
        lambda: engine.history(RunRef("0" * 64, 0)),
    ):
        with pytest.raises(ValueError, match=r"not on this machine|no snapshot|not under way|no such recording"):
            ask()


def test_a_damaged_run_is_said_not_shown_and_trained_anew(engine_of: MakeEngine) -> None:
    first = engine_of()
    run = first.train(spec(20), "ann")
    until(lambda: ended(first, run))
    updates = first.store.folder(run).updates
    whole = updates.read_bytes()
    updates.write_bytes(whole[:300] + b"\n\x00garbage\n" + whole[300:])
    second = engine_of()
    assert second.find(spec(20)) is None
    with pytest.raises(ValueError, match="damaged"):
        second.history(run)
    other = second.train(spec(20), "ann")
    until(lambda: ended(second, other))
    assert (other.attempt, state(second, other), second.find(spec(20))) == (2, State.DONE, other)
