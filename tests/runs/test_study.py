"""Studies trained in the background over real workers: in turn, with what is there already, past failures."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from llmviz.core.history import fold
from llmviz.core.hosting import Limits
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, starting_from
from llmviz.core.study import Study, along
from llmviz.core.update import Done
from llmviz.runs import library, tail
from llmviz.runs import studies as background
from llmviz.runs.engine import UNDER_WAY, State
from llmviz.runs.store import Store
from llmviz.runs.thinning import thin
from tests.runs.conftest import Conduct, MakeEngine, attempt_at, outcome, until
from tests.runs.fake import BREAKS, spec
from tests.runs.studying import STEPS, attempts, ends, study

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
BROKE = "RuntimeError: the vector broke"


def test_every_run_is_trained_once_and_ends_as_it_does_alone(engine_of: MakeEngine, conduct: Conduct, tmp_path: Path) -> None:
    engine, grid = engine_of(), study(20, 40, seeds=(0, 1))
    studies = conduct(engine)
    before = studies.look(grid, "ann")
    assert (before.state, before.done, before.missing, before.seconds_left) == (None, 0, grid.specs(), None)
    assert not studies.started(grid)
    studies.start(grid, "ann")
    after = ends(studies, grid)
    assert (after.state, after.done, after.missing, after.seconds_left) == (State.DONE, 4, (), 0)
    for each in grid.specs():
        alone = attempt_at(Store(tmp_path / each.id), each)
        list(alone)
        if each.seed != grid.seeds[0]:
            thin(alone.folder)
        run = engine.find(each)
        assert run and outcome(engine.store.folder(run)) == outcome(alone.folder)
        assert after.results[each.id].learning_curve.metrics == {
            "loss": engine.history(run).scores["loss"].last,
            "floor": 0.5,
            "accuracy": 0.25,
        }
    studies.start(grid, "ann")
    assert ends(studies, grid).state is State.DONE and attempts(engine, grid) == [1, 1, 1, 1]


def test_runs_of_later_seeds_keep_two_snapshots_and_all_curves(engine_of: MakeEngine, conduct: Conduct, tmp_path: Path) -> None:
    engine, grid = engine_of(), study(40, seeds=(0, 1))
    studies = conduct(engine)
    studies.start(grid, "ann")
    results = ends(studies, grid).results
    first, later = (engine.store.folder(engine.find(each) or RunRef("", 0)) for each in grid.specs())
    assert len(first.snapshots()) > 2 and later.snapshots() == [0, 40]
    attempt = attempt_at(Store(tmp_path / "alone"), grid.specs()[1])
    list(attempt)
    alone, kept = fold(tail.updates(attempt.folder.updates)), fold(tail.updates(later.updates))
    assert kept.snapshots == (0, 40) and (kept.batches, kept.scores, kept.read) == (alone.batches, alone.scores, alone.read)
    assert isinstance(alone.end, Done) and results[grid.specs()[1].id].learning_curve.metrics == alone.end.metrics
    weights = [(folder.snapshot(40) / "model.safetensors").read_bytes() for folder in (later, attempt.folder)]
    assert weights[0] == weights[1]
    run = engine.find(grid.specs()[1])
    assert run and engine.history(run).snapshots == (0, 40)  # though it was read before


def test_a_run_that_somebody_looks_at_keeps_its_snapshots(engine_of: MakeEngine, conduct: Conduct, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, grid = engine_of(), study(40, 400, seeds=(0, 1), milliseconds=2)
    studies = conduct(engine)
    studies.start(grid, "ann")
    watched = grid.specs()[2]  # the second seed, before the long run of that seed
    until(lambda: watched.id in studies.look(grid, "ann").under_way)
    run = engine.find(watched)
    assert run
    until(lambda: engine.status(run, "bob").state is State.DONE)
    until(lambda: grid.specs()[3].id in studies.look(grid, "ann").under_way)
    assert len(engine.store.folder(run).snapshots()) > 2
    monkeypatch.setattr(library, "WATCHING", 0.0)  # bob has gone
    until(lambda: engine.store.folder(run).snapshots() == [0, 40])
    studies.stop(grid, "ann")
    unfinished = engine.find(grid.specs()[3])
    assert unfinished
    with pytest.raises(ValueError, match="is not done; it needs all its snapshots"):
        engine.thin(unfinished, "ann")


def test_a_run_that_a_visitor_began_stays_as_it_is(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(), study(200, seeds=(0, 1), milliseconds=2)
    run = engine.train(grid.specs()[1], "bob")
    studies = conduct(engine)
    studies.start(grid, "ann")
    assert ends(studies, grid).state is State.DONE
    assert len(engine.store.folder(run).snapshots()) > 2


def test_one_run_waits_at_a_time_so_that_a_visitor_is_next(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(), study(20, 30, 40, milliseconds=10)
    studies = conduct(engine)
    studies.start(grid, "ann")
    until(lambda: bool(studies.look(grid, "ann").under_way))
    visitor = engine.train(spec(10, seed=9), "bob")
    seen: list[set[RunRef]] = []
    while engine.status(visitor, "bob").state in UNDER_WAY:
        seen.append({run for run in engine.standing() if run != visitor})
        time.sleep(0.01)
    assert max(map(len, seen)) == 1
    assert studies.look(grid, "ann").done <= 1  # it did not wait for the whole study
    assert ends(studies, grid).state is State.DONE


def test_a_second_run_trains_beside_the_first_only_while_a_worker_is_left(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(workers=3), study(300, 301, 302, 303, milliseconds=5)
    studies = conduct(engine)
    until(lambda: engine.spare() == 2)
    studies.start(grid, "ann")
    until(lambda: len(studies.look(grid, "ann").under_way) == 2)
    time.sleep(0.2)
    assert len(engine.standing()) == 2 and engine.spare() == 0
    studies.stop(grid, "ann")


def test_two_studies_take_turns(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, one, other = engine_of(), study(20, 30, 40, milliseconds=5), study(21, 31, 41, milliseconds=5)
    studies = conduct(engine)
    studies.start(one, "ann")
    studies.start(other, "bob")
    most = 0
    while studies.look(one, "ann").state is State.TRAINING:
        most = max(most, abs(studies.look(one, "ann").done - studies.look(other, "bob").done))
        time.sleep(0.01)
    assert most <= 1
    assert ends(studies, other).state is State.DONE


def test_what_is_there_is_used_and_what_is_under_way_is_joined(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(), study(20, 400, milliseconds=2)
    first = engine.train(grid.specs()[0], "bob")
    until(lambda: engine.status(first, "bob").state is State.DONE)
    second = engine.train(grid.specs()[1], "bob")
    studies = conduct(engine)
    assert studies.look(grid, "ann").done == 1
    studies.start(grid, "ann")
    until(lambda: bool(studies.look(grid, "ann").under_way))
    assert ends(studies, grid).state is State.DONE
    assert attempts(engine, grid) == [1, 1] and engine.find(grid.specs()[1]) == second


def test_a_run_of_a_visitor_outlives_the_study_that_waits_for_it(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(), study(20_000, milliseconds=2)
    run = engine.train(grid.specs()[0], "bob")
    studies = conduct(engine)
    studies.start(grid, "ann")
    until(lambda: bool(studies.look(grid, "ann").under_way))
    engine.status(run, "bob")
    studies.stop(grid, "ann")
    assert engine.status(run, "bob").state in UNDER_WAY


def test_a_stopped_study_goes_on_from_where_its_run_was(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(), study(100, 110, milliseconds=10)
    studies = conduct(engine)
    studies.start(grid, "ann")
    until(lambda: any(result.step > 12 for result in studies.look(grid, "ann").results.values()))
    with pytest.raises(ValueError, match="somebody else"):
        studies.stop(grid, "bob")
    studies.stop(grid, "ann")
    stopped = studies.look(grid, "ann")
    assert (stopped.state, stopped.reason, stopped.under_way) == (State.STOPPED, background.BY_HAND, {})
    until(lambda: not engine.standing())
    first = engine.find(grid.specs()[0])
    assert first and 12 < engine.history(first).step < 100
    studies.start(grid, "bob")
    assert ends(studies, grid).state is State.DONE
    assert attempts(engine, grid) == [1, 1]  # the same attempt went on


def test_anybody_may_stop_a_study_whose_owner_has_gone(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(limits=Limits(away_seconds=1)), study(20_000, milliseconds=2)
    studies = conduct(engine)
    studies.start(grid, "ann")
    assert not studies.look(grid, "bob").owner
    until(lambda: studies.look(grid, "bob").owner)
    studies.stop(grid, "bob")
    assert studies.look(grid, "bob").state is State.STOPPED


@pytest.mark.skipif(sys.platform == "win32", reason="a kill is the same as an end of the process there")
def test_a_killed_worker_costs_a_study_nothing(engine_of: MakeEngine, conduct: Conduct, tmp_path: Path) -> None:
    engine, grid = engine_of(), study(60, 70, milliseconds=10)
    studies = conduct(engine)
    studies.start(grid, "ann")
    until(lambda: any(result.step > 12 for result in studies.look(grid, "ann").results.values()))
    os.kill(engine.workers()[0], KILL)
    assert ends(studies, grid).state is State.DONE
    assert attempts(engine, grid) == [1, 1]
    alone = attempt_at(Store(tmp_path / "alone"), grid.specs()[0])
    list(alone)
    run = engine.find(grid.specs()[0])
    assert run and outcome(engine.store.folder(run)) == outcome(alone.folder)


def test_a_run_that_fails_is_told_and_the_others_are_trained(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(), study(20, 30, seeds=(BREAKS, 0))
    studies = conduct(engine)
    studies.start(grid, "ann")
    after = ends(studies, grid)
    broken = {each.id for each in grid.specs() if each.seed == BREAKS}
    assert (after.state, after.done, {each.id for each in after.missing}) == (State.FAILED, 2, broken)
    assert {id: result.failed for id, result in after.results.items() if result.failed} == dict.fromkeys(broken, BROKE)


def test_a_parent_is_trained_first_and_one_that_fails_takes_its_children_along(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine = engine_of()
    base = RunSpec("sentiment", starting_from(spec(20)), train=spec(20).train)
    grid = Study(base, STEPS, along("steps", (20, 30)), (0, BREAKS), parents=True)
    studies = conduct(engine)
    assert [(each.stage, each.seed) for each in studies.look(grid, "ann").missing] == [
        *(("mlm", 0), ("sentiment", 0), ("sentiment", 0)),
        *(("mlm", BREAKS), ("sentiment", BREAKS), ("sentiment", BREAKS)),
    ]
    studies.start(grid, "ann")
    after = ends(studies, grid)
    assert after.done == 2
    assert [(each.stage, each.seed) for each in after.missing] == [("mlm", BREAKS), *[("sentiment", BREAKS)] * 2]
    assert attempts(engine, grid) == [1, 1, 0, 0]
    assert (after.state, after.results[after.missing[0].id].failed) == (State.FAILED, BROKE)


def test_runs_that_nobody_else_watches_train_to_their_end(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(lease=0.3), study(80, milliseconds=20)  # 1.6 s, more than five leases
    studies = conduct(engine)
    studies.start(grid, "ann")
    run = None
    while run is None or engine.store.status(run).state in UNDER_WAY:
        time.sleep(0.1)  # no page asks
        run = engine.find(grid.specs()[0])
    assert engine.store.status(run).state is State.DONE
