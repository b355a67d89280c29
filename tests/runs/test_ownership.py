"""Whose a run is, and what is its owner's alone where strangers come."""

import hashlib
import io
import zipfile

import pytest

from llmviz.core.hosting import Limits
from llmviz.runs import library, ownership
from llmviz.runs.engine import State
from llmviz.runs.ownership import Rights
from llmviz.runs.record import record
from llmviz.runs.study_files import Origin
from tests.runs.conftest import Conduct, MakeEngine, attempt_at, until
from tests.runs.fake import spec
from tests.runs.studying import ends, study
from tests.runs.test_local import ended

HOSTED = Limits(hosted=True)


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "WATCHING", -1.0)


def test_where_strangers_come_a_run_is_deleted_and_thinned_by_its_owner(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=HOSTED)
    run = engine.train(spec(), "ann")
    until(lambda: ended(engine, run))
    for act, word in ((engine.delete, "delete"), (engine.thin, "thin out")):
        with pytest.raises(ValueError, match=f"only they, and whoever runs this server, may {word} it"):
            act(run, "bob")
    again = engine_of(limits=HOSTED)  # after a restart
    with pytest.raises(ValueError, match="somebody else"):
        again.delete(run, "bob")
    again.thin(run, "ann")
    again.delete(run, "ann")
    assert not again.store.runs()


def test_on_ones_own_machine_everybody_may_delete(engine_of: MakeEngine) -> None:
    engine = engine_of()
    run = engine.train(spec(), "ann")
    until(lambda: ended(engine, run))
    engine.thin(run, "bob")
    engine.delete(run, "bob")


def test_who_lets_a_run_go_on_or_takes_its_controls_does_not_own_it(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=HOSTED)
    attempt = attempt_at(engine.store, spec())
    next(update for update in attempt if update.step > 5)
    attempt.stop("enough")
    Rights(attempt.folder.path).owners.begin("ann")
    engine.resume(attempt.run, "bob")
    until(lambda: ended(engine, attempt.run))
    with pytest.raises(ValueError, match="somebody else"):
        engine.delete(attempt.run, "bob")


def test_a_run_from_before_there_were_owners_is_everybodys(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=HOSTED)
    attempt = attempt_at(engine.store, spec())
    list(attempt)
    engine.thin(attempt.run, "bob")
    engine.delete(attempt.run, "ann")


def test_the_folder_keeps_no_name_and_no_zip_or_recording_the_owner(engine_of: MakeEngine) -> None:
    engine, name = engine_of(limits=HOSTED), "0f" * 16
    run = engine.train(spec(), name)
    until(lambda: ended(engine, run))
    folder = engine.store.folder(run)
    kept = [file.read_bytes() for file in folder.path.rglob("*") if file.is_file()]
    assert not any(name.encode() in content for content in kept)
    assert not any(hashlib.sha256(name.encode()).hexdigest().encode() in content for content in kept)  # nor what anybody would look for
    packed = io.BytesIO()
    engine.pack(run, packed)
    assert zipfile.ZipFile(packed).namelist() and ownership.FILE not in zipfile.ZipFile(packed).namelist()
    record(folder, engine.store.home / "made", lambda folders, question: [])
    assert not (engine.store.home / "made" / ownership.FILE).exists()


def test_what_is_imported_is_whose_who_imports_it(engine_of: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_of(limits=HOSTED)
    run = engine.train(spec(), "ann")
    until(lambda: ended(engine, run))
    monkeypatch.setattr(library, "take_in", lambda store, file, workshop: run)  # whatever is in the zip
    assert engine.unpack(io.BytesIO(), "bob") == run
    with pytest.raises(ValueError, match="somebody else"):
        engine.delete(run, "ann")
    engine.delete(run, "bob")


def test_the_runs_of_a_study_are_whose_who_started_it(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine, grid = engine_of(limits=HOSTED), study(20, seeds=(0, 1))
    studies = conduct(engine)
    studies.start(grid, "ann", Origin("sizes"))
    assert ends(studies, grid).state is State.DONE
    runs = engine.store.runs()
    until(lambda: any(len(engine.store.folder(run).snapshots()) == 2 for run in runs))  # the study itself may thin them
    for run in runs:
        with pytest.raises(ValueError, match="somebody else"):
            engine.delete(run, "bob")
        engine.delete(run, "ann")
