"""A run that learns from its own texts, under the engine: paused, stopped and killed within inner epochs it ends at the same weights."""

import os
import signal
from itertools import pairwise
from pathlib import Path

import pytest

from llmviz.core.spec import RunSpec
from llmviz.core.update import Done, Step
from llmviz.runs import report
from llmviz.runs.attempt import Attempt
from llmviz.runs.engine import UNDER_WAY, Command, Slow, State
from llmviz.runs.library import Library
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from llmviz.training.loop import snapshot_steps
from tests import two_words
from tests.runs import conftest
from tests.runs.conftest import MakeEngine, outcome, until
from tests.two_words import BATCHES, EPOCHS, Workshop, spec

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
PER_ROLLOUT = EPOCHS * BATCHES


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    two_words.registered(monkeypatch)


def attempt(store: Store, given: RunSpec) -> Attempt:
    run, claim = store.create(given)
    claim.release()
    return Attempt(Workshop(), store, Recordings(store.home / "recordings"), run)


def test_stopped_after_every_step_it_ends_as_one_left_alone(store: Store, tmp_path: Path) -> None:
    given = spec(steps=2 * PER_ROLLOUT + 2)
    whole = attempt(Store(tmp_path / "whole"), given)
    list(whole)
    pieces = attempt(store, given)
    while not isinstance(last := next(pieces), Done):
        if isinstance(last, Step):
            pieces.stop("by hand")
            pieces = Attempt(Workshop(), store, Recordings(store.home / "recordings"), pieces.run)
    assert outcome(pieces.folder) == outcome(whole.folder)


def test_killed_and_stopped_within_inner_epochs_it_ends_as_one_left_alone(
    engine_of: MakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "PATIENCE", 120.0)  # torch takes its time on a busy machine
    given = spec()
    whole = attempt(Store(tmp_path / "whole"), given)
    list(whole)
    engine = engine_of(workshop="tests.two_words:Workshop")
    run = engine.train(given, "ann")
    engine.control(run, Slow(0.2), "ann")
    folder = Store(tmp_path).folder(run)
    steps = snapshot_steps(given.train.steps)
    kept = next(step for step, following in pairwise(steps) if step % PER_ROLLOUT and following - step > 2)  # time to kill it between two
    until(lambda: kept in folder.snapshots() and engine.history(run).step > kept)
    os.kill(engine.workers()[0], KILL)
    until(lambda: engine.status(run, "ann").state == State.INTERRUPTED)
    goes_on_from = folder.snapshots()[-1]
    assert goes_on_from % PER_ROLLOUT

    engine.resume(run, "ann")
    until(lambda: engine.status(run, "ann").state == State.TRAINING)
    engine.control(run, Slow(0.05), "ann")
    engine.control(run, Command.PAUSE, "ann")
    until(lambda: engine.status(run, "ann").still)
    while engine.history(run).step % PER_ROLLOUT != 3:
        before = engine.history(run).step
        engine.control(run, Command.STEP, "ann")
        until(lambda before=before: engine.history(run).step == before + 1 and engine.status(run, "ann").still)  # type: ignore[misc]
    engine.control(run, Command.STOP, "ann")
    until(lambda: engine.status(run, "ann").state == State.STOPPED)
    assert engine.history(run).step % PER_ROLLOUT == 3

    engine.resume(run, "ann")
    until(lambda: engine.status(run, "ann").state not in UNDER_WAY)
    assert engine.status(run, "ann").state == State.DONE
    assert outcome(folder) == outcome(whole.folder)


def test_the_command_line_tells_its_figures_in_their_units(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    given = spec(steps=PER_ROLLOUT)
    run = attempt(store, given)
    done = list(run)[-1]
    assert isinstance(done, Done)
    report.closing(run.run, given, done)
    closing = capsys.readouterr().out
    reward, kl = done.metrics["reward"], done.metrics["kl"]
    rows = [line for line in closing.splitlines() if "reward of a text" in line or "divergence from the start" in line]
    assert [f"{reward:.3f} points" in rows[0], "1.000 points" in rows[0], f"{kl:.3f} nats" in rows[1]] == [True] * 3
    report.listing(Library(store, Recordings(store.home / "none")).shelf(), ())
    listing = capsys.readouterr().out
    assert f"reward {reward:.3f}" in " ".join(listing.split()) and max(map(len, listing.splitlines())) <= 80
    assert report._news(given, done.metrics) == f"reward {reward:.2f}  kl {kl:.2f}"
