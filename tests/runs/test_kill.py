"""kill -9 at random instants: what is left is readable, and going on ends at the same weights."""

import os
import random
import signal
import sys
import time
from pathlib import Path
from queue import Queue

import pytest

from llmviz.core.run import RunRef
from llmviz.runs.engine import State
from llmviz.runs.process import Message, Process
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at, outcome
from tests.runs.fake import spec

KILLS = 24
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def worker(home: Path, said: "Queue[Message | None]") -> Process:
    arguments = ["train", "--home", str(home), "--recordings", str(home / "recordings"), "--workshop", "tests.runs.fake:Fake"]
    return Process(arguments, home / "logs" / "train.log", lambda _, message: said.put(message), lambda _: said.put(None))


def killed_after(store: Store, run: RunRef, seconds: float) -> bool:
    """Train in a worker that is killed so long after it began; whether the run was done before."""
    said: Queue[Message | None] = Queue()
    process = worker(store.home, said)
    process.send({"do": "train", "run": run.key})
    while (message := said.get(timeout=30)) and message["say"] != "training":
        pass
    time.sleep(seconds)
    os.kill(process.pid, KILL)
    while said.get(timeout=30) is not None:
        pass
    assert not store.under_way(run)
    state = store.status(run).state
    assert state in (State.DONE, State.INTERRUPTED)
    return state == State.DONE


@pytest.mark.skipif(sys.platform == "win32", reason="a kill is the same as an end of the process there")
def test_a_run_killed_many_times_ends_at_the_same_weights(store: Store, tmp_path: Path) -> None:
    whole = attempt_at(Store(tmp_path / "whole"), spec(200))
    list(whole)
    dice = random.Random(2)
    kills = 0
    while kills < KILLS:
        run, claim = store.create(spec(200, milliseconds=1))
        claim.release()
        while not killed_after(store, run, dice.uniform(0, 0.15)):
            kills += 1
        mine, theirs = outcome(store.folder(run)), outcome(whole.folder)
        assert mine[0] == theirs[0]
        assert mine[1] == theirs[1]
