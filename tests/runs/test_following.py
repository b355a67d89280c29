"""Runs that wait for other runs, and the engine's own shelf."""

import pytest

from llmviz.core.experiment import START
from llmviz.runs import jobs
from llmviz.runs.engine import UNDER_WAY, Command, State, Status
from llmviz.runs.jobs import waiting
from tests.runs.conftest import MakeEngine, until
from tests.runs.fake import spec
from tests.runs.test_local import LONG, begun, ended, state


def test_a_child_waits_for_the_parent_that_is_being_trained(engine_of: MakeEngine) -> None:
    engine = engine_of(workers=2)
    until(lambda: len(engine.workers()) == 3)
    parent = engine.train(spec(400, milliseconds=2), "ann")
    child = engine.train(spec(20, seed=1, parent=spec(400, milliseconds=2)), "ann")
    other = engine.train(spec(20, seed=2), "ann")
    assert engine.status(child, "ann") == Status(State.QUEUED, 1, owner=True, reason=waiting([START]))
    until(lambda: state(engine, other) == State.DONE)  # it overtakes the one that waits
    assert state(engine, parent) in UNDER_WAY and state(engine, child) == State.QUEUED
    until(lambda: ended(engine, child))
    assert (state(engine, parent), state(engine, child)) == (State.DONE, State.DONE)


def test_a_run_may_follow_another_that_was_trained_before(engine_of: MakeEngine) -> None:
    engine = engine_of(workers=2)
    parent = spec(400, milliseconds=2)
    first = engine.train(parent, "ann")
    until(lambda: ended(engine, first))
    again = engine.train(parent, "ann")
    free = engine.train(spec(20, seed=1, parent=parent), "ann")
    follower = engine.train(spec(20, seed=2, parent=parent), "ann", after=again)
    until(lambda: ended(engine, free))  # it has the first attempt to start from
    assert state(engine, again) in UNDER_WAY and state(engine, follower) == State.QUEUED
    until(lambda: ended(engine, follower))
    assert state(engine, again) == State.DONE


def test_what_waits_for_a_run_that_is_stopped_stops_too(engine_of: MakeEngine) -> None:
    engine = engine_of()
    parent = engine.train(LONG, "ann")
    child = engine.train(spec(20, seed=1, parent=LONG), "ann")
    grandchild = engine.train(spec(20, seed=2, parent=spec(20, seed=1, parent=LONG)), "ann")
    until(lambda: begun(engine, parent))
    engine.control(parent, Command.STOP, "ann")
    until(lambda: ended(engine, grandchild))
    assert [engine.status(run, "ann").reason for run in (child, grandchild)] == [jobs.ORPHANED, jobs.ORPHANED]
    step = engine.history(parent).step
    engine.resume(grandchild, "ann")  # of itself it cannot begin: what was stopped goes on before it
    until(lambda: engine.history(parent).step > step)
    assert [state(engine, run) for run in (child, grandchild)] == [State.QUEUED, State.QUEUED]


def test_the_shelf_says_how_runs_stand_here(engine_of: MakeEngine) -> None:
    engine = engine_of()
    first, second = engine.train(LONG, "ann"), engine.train(spec(seed=1), "ann")
    until(lambda: begun(engine, first))
    assert {kept.run: kept.state for kept in engine.shelf()} == {first: State.TRAINING, second: State.QUEUED}
    with pytest.raises(ValueError, match="under way"):
        engine.delete(first, "ann")
    engine.control(first, Command.STOP, "ann")
    until(lambda: ended(engine, second))
    engine.status(second, "bob")
    with pytest.raises(ValueError, match="looks at"):
        engine.delete(second, "ann")
    engine.delete(first, "ann")
    assert [kept.run for kept in engine.shelf()] == [second]
