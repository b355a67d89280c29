"""How studies end before all their runs are done: by a limit, another program, a server that is killed; and go on."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from llmviz.core.hosting import Limits
from llmviz.runs import studies as background
from llmviz.runs.engine import UNDER_WAY, Command, State
from llmviz.runs.store import Store
from llmviz.runs.studies import Studies
from tests.runs.conftest import Conduct, MakeEngine, until
from tests.runs.fake import spec
from tests.runs.studying import attempts, ends, study


def test_a_study_stops_by_itself_after_its_longest(engine_of: MakeEngine, conduct: Conduct, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LONGEST", 0.2)
    engine, grid = engine_of(), study(20_000, milliseconds=2)
    studies = conduct(engine)
    studies.start(grid, "ann")
    after = ends(studies, grid)
    assert (after.state, after.reason) == (State.STOPPED, background.LONG_ENOUGH)
    until(lambda: not engine.standing())


def test_a_run_that_is_stopped_again_and_again_is_left(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(), study(20_000, 20, milliseconds=2)
    run = engine.train(grid.specs()[0], "bob")
    studies = conduct(engine)
    studies.start(grid, "ann")
    while studies.look(grid, "ann").state is State.TRAINING:
        if engine.status(run, "bob").state in UNDER_WAY and not engine.store.done(run):
            job = engine._jobs.get(run)
            if job and job.worker and not job.stopping:
                job.stop("by somebody")
        time.sleep(0.01)
    after = studies.look(grid, "ann")
    assert (after.state, after.reason, after.done) == (State.STOPPED, background.TIRED, 1)


def test_there_are_so_many_studies_at_once(engine_of: MakeEngine, conduct: Conduct) -> None:
    studies = conduct(engine_of(limits=Limits(studies=1)))
    studies.start(study(20_000), "ann")
    with pytest.raises(ValueError, match="1 studies are training already"):
        studies.start(study(20), "ann")
    studies.stop(study(20_000), "ann")


def test_two_servers_do_not_train_the_same_study(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(), study(20_000, milliseconds=2)
    one, other = conduct(engine), conduct(engine)
    one.start(grid, "ann")
    elsewhere = other.look(grid, "ann")
    assert (elsewhere.state, elsewhere.reason, elsewhere.owner) == (State.TRAINING, background.ELSEWHERE, False)
    with pytest.raises(ValueError, match="another program"):
        other.start(grid, "ann")
    one.stop(grid, "ann")


def test_a_queue_that_is_full_is_waited_for(engine_of: MakeEngine, conduct: Conduct, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "RETRY", 0.05)
    engine, grid = engine_of(limits=Limits(waiting=1)), study(20)
    runs = [engine.train(spec(20_000, milliseconds=2), "bob")]
    until(lambda: engine.status(runs[0], "bob").state is State.TRAINING)
    runs.append(engine.train(spec(20_000, milliseconds=2, seed=1), "bob"))
    studies = conduct(engine)
    studies.start(grid, "ann")
    until(lambda: "1 runs are waiting already" in studies.look(grid, "ann").reason)
    for run in reversed(runs):
        engine.control(run, Command.STOP, "bob")
    assert ends(studies, grid).state is State.DONE


SERVER = """
import sys, time
from pathlib import Path
from llmviz.runs.local import LocalEngine
from llmviz.runs.studies import Studies
from tests.runs.studying import study
home = Path(sys.argv[1])
engine = LocalEngine(home, recordings=home / "recordings", workers=1, workshop="tests.runs.fake:Fake")
studies = Studies(engine, home)
grid = study(20, 100, milliseconds=10)
studies.start(grid, "ann")
while not any(20 < result.step < 100 for result in studies.look(grid, "ann").results.values()):
    time.sleep(0.01)
print("half", flush=True)
time.sleep(60)
"""


def test_after_a_killed_server_a_study_stands_and_goes_on_when_asked(engine_of: MakeEngine, conduct: Conduct, tmp_path: Path) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert server.stdout and server.stdout.readline() == "half\n"
    server.kill()
    server.wait()
    server.stdout.close()
    grid = study(20, 100, milliseconds=10)
    store = Store(tmp_path)
    until(lambda: not any(store.under_way(run) for run in store.runs()))
    engine = engine_of()
    studies = conduct(engine)
    found = studies.look(grid, "bob")
    assert studies.started(grid)
    assert (found.state, found.reason, found.done, found.owner) == (State.INTERRUPTED, background.CUT_SHORT, 1, True)
    time.sleep(0.2)
    assert not engine.standing()  # not unasked
    studies.start(grid, "bob")
    assert ends(studies, grid).state is State.DONE
    assert attempts(engine, grid) == [1, 1]


def test_a_file_torn_by_a_kill_is_no_obstacle(engine_of: MakeEngine, conduct: Conduct, tmp_path: Path) -> None:
    grid, studies = study(20), conduct(engine_of())
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / f"{grid.id}.json").write_bytes(b'{"stu')
    assert studies.look(grid, "ann").state is State.INTERRUPTED
    studies.start(grid, "ann")
    assert ends(studies, grid).state is State.DONE


def test_a_home_that_cannot_be_written_is_said(engine_of: MakeEngine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    studies = Studies(engine_of(), tmp_path / "file")
    with pytest.raises(ValueError, match="cannot be written"):
        studies.start(study(20), "ann")
