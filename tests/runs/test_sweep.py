"""Where strangers come, what nobody has used for longest makes room: never what is looked at, needed, pinned, public or recorded."""

import os
import time
from collections.abc import Iterator

import pytest

from llmviz.core import hosting
from llmviz.core.hosting import Limits
from llmviz.core.owners import TEACHER
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs import allowance, ownership, room
from llmviz.runs.engine import Command, State
from llmviz.runs.local import LocalEngine
from llmviz.runs.recordings import HERE
from llmviz.runs.sight import Sight
from tests.runs.conftest import Conduct, MakeEngine, attempt_at, until
from tests.runs.fake import spec
from tests.runs.studying import ends, study
from tests.runs.test_local import LONG, begun, ended

TEACHES = f"{TEACHER}eve"
SIX = Limits(hosted=True, runs=6)


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(room, "LOOK", 1e-9)  # count each time
    room.taken.cache_clear()
    yield
    room.taken.cache_clear()
    hosting.limits.cache_clear()


def kept(engine: LocalEngine, *specs: RunSpec) -> list[RunRef]:
    """Runs that have ended, the first of which was used longest ago."""
    made = []
    for age, each in enumerate(specs):
        attempt = attempt_at(engine.store, each)
        list(attempt)
        made.append(attempt.run)
        when = time.time() - 10_000 + age
        for file in (attempt.folder.path, attempt.folder.updates):
            os.utime(file, (when, when))
    return made


def left(engine: LocalEngine, runs: list[RunRef]) -> list[int]:
    there = engine.store.runs()
    return [place for place, run in enumerate(runs) if run in there]


def test_what_was_used_longest_ago_goes_first(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=Limits(hosted=True, runs=100))
    runs = kept(engine, *(spec(seed=seed) for seed in range(6)))
    engine.status(runs[0], "ann")  # opened: used now
    engine._looks.clear()
    engine.limits = SIX
    engine.sweep()
    assert left(engine, runs) == [0, 2, 3, 4, 5]
    engine.sweep()
    assert left(engine, runs) == [0, 2, 3, 4, 5]  # there is room


def test_what_is_wanted_stays(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=Limits(hosted=True, runs=100))
    runs = kept(engine, spec(seed=1), spec(20, seed=2, parent=spec(seed=1)), *(spec(seed=seed) for seed in range(3, 8)))
    engine.mark(runs[1], ownership.PINNED, True, TEACHES)
    engine.mark(runs[2], ownership.PUBLIC, True, TEACHES)
    engine.status(runs[3], "ann")  # somebody looks
    for file in (engine.folder(runs[3]).path, engine.folder(runs[3]).path / ownership.USED):
        os.utime(file, (1, 1))
    engine.limits = Limits(hosted=True, runs=1)
    engine.sweep()
    assert left(engine, runs) == [0, 1, 2, 3]  # a parent, pinned, public, looked at


def test_a_run_under_way_and_recordings_stay(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=Limits(hosted=True, runs=100), recordings=HERE)
    there = len(engine.recordings.runs())
    run = engine.train(LONG, "ann")
    until(lambda: begun(engine, run))
    engine._looks.clear()
    engine.limits = Limits(hosted=True, runs=1)
    engine.sweep()
    assert engine.store.runs() == [run] and len(engine.recordings.runs()) == there > 0
    engine.control(run, Command.STOP, "ann")


def test_bytes_count_too(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=Limits(hosted=True, disk_mb=1))
    runs = kept(engine, spec(seed=1), spec(seed=2))
    (engine.folder(runs[0]).path / "large").write_bytes(bytes(1_000_000))
    os.utime(engine.folder(runs[0]).path, (1, 1))
    engine.sweep()
    assert left(engine, runs) == [1]


def test_one_s_own_machine_sweeps_nothing(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=Limits(runs=2))
    runs = kept(engine, spec(seed=1), spec(seed=2))
    engine.sweep()
    assert left(engine, runs) == [0, 1]


def test_the_next_run_finds_room_at_once_and_is_refused_where_all_is_wanted(engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOSTED", "1"), ("RUNS", "2")):
        monkeypatch.setenv(f"LLMVIZ_{name}", value)
    hosting.limits.cache_clear()
    engine = engine_of(limits=Limits(hosted=True, runs=100))
    runs = kept(engine, spec(seed=1), spec(seed=2))
    engine.mark(runs[1], ownership.PINNED, True, TEACHES)
    engine.limits = hosting.limits()
    run = engine.train(spec(seed=3), "ann")
    assert left(engine, runs) == [1]
    until(lambda: ended(engine, run))
    engine.mark(run, ownership.PINNED, True, TEACHES)
    with pytest.raises(ValueError, match="2 runs are kept here, as many as there is room for"):
        engine.train(spec(seed=4), "ann")


def test_a_visitor_keeps_so_many(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=Limits(hosted=True, runs_each=2, waiting_each=9))
    for seed in range(2):
        run = Sight(engine, "ann").train(spec(seed=seed), "ann")
    with pytest.raises(ValueError, match="you keep 2 runs here, and one visitor may keep 2; delete some in the lab book"):
        Sight(engine, "ann").train(spec(seed=2), "ann")
    assert Sight(engine, "ann").train(spec(seed=1), "ann") == run  # joined: no more are kept
    Sight(engine, "bob").train(spec(seed=2), "bob")
    Sight(engine, TEACHES).train(spec(seed=3), TEACHES)
    until(lambda: not engine.standing())
    assert Sight(engine, TEACHES).train(spec(seed=2), TEACHES) in engine.owned(TEACHES)


def test_a_visitor_asks_for_so_many_steps_in_a_day(engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_of(limits=Limits(hosted=True, steps_each=100, waiting_each=9))
    ann = Sight(engine, "ann")
    first = ann.train(spec(40), "ann")
    ann.train(spec(40), "ann")  # joined, or given: counted once
    ann.train(spec(40, seed=1), "ann")
    with pytest.raises(ValueError, match="have 80 steps, and these would have 40 more; one visitor may ask for 100 in a day"):
        ann.train(spec(40, seed=2), "ann")
    with pytest.raises(ValueError, match="have 80 steps, and these would have 40 more"):
        ann.train(spec(20, seed=4, parent=spec(20, seed=3)), "ann")  # what it is made from counts
    until(lambda: not engine.standing())
    ann.delete(first, "ann")  # it was trained all the same
    with pytest.raises(ValueError, match="have 80 steps"):
        ann.train(spec(40, seed=2), "ann")
    Sight(engine, "bob").train(spec(40, seed=2), "bob")
    monkeypatch.setattr(allowance, "DAY", 0.0)  # a day has passed
    ann.train(spec(40, seed=5), "ann")


def test_a_visitor_s_runs_train_for_so_long_in_a_day(engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_of(limits=Limits(hosted=True, minutes_each=1, waiting_each=9))
    ann = Sight(engine, "ann")
    run = ann.train(LONG, "ann")
    until(lambda: begun(engine, run))
    engine.control(run, Command.STOP, "ann")
    until(lambda: engine.status(run, "ann").state is State.STOPPED)
    monkeypatch.setattr(engine.allowance, "_seconds", lambda begun: 61.0)
    for ask in (lambda: ann.train(spec(seed=1), "ann"), lambda: ann.resume(run, "ann")):
        with pytest.raises(ValueError, match="have trained for 1 minutes, and one visitor's may for 1 in a day; come back tomorrow"):
            ask()
    Sight(engine, TEACHES).train(spec(seed=1), TEACHES)


def test_seconds_are_those_the_runs_say(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=Limits(hosted=True))
    run = Sight(engine, "ann").train(spec(), "ann")
    until(lambda: ended(engine, run))
    (begun_,) = engine.allowance._of("ann")
    told = engine.history(run).seconds
    assert engine.allowance._seconds(begun_) == told > 0
    engine.delete(run, "ann")
    assert engine.allowance._seconds(begun_) == told  # it has trained all the same


def test_a_study_is_asked_for_as_a_whole(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine = engine_of(limits=Limits(hosted=True, steps_each=100))
    studies, large, small = conduct(engine), study(60, 70), study(20, 40)
    with pytest.raises(ValueError, match="have 0 steps, and these would have 130 more"):
        studies.start(large, "ann")
    studies.start(small, "ann")
    ends(studies, small)
    with pytest.raises(ValueError, match="have 60 steps, and these would have 60 more"):
        studies.start(study(60), "ann")
