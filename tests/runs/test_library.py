"""Listing and deleting: what the lab book does with runs."""

import io
import shutil
from pathlib import Path

import pytest

from llmviz.core.run import RunRef
from llmviz.runs import library as libraries
from llmviz.runs.engine import HasChildren, State
from llmviz.runs.library import Library
from llmviz.runs.record import record
from llmviz.runs.replay import Recordings, Replay
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at
from tests.runs.fake import spec


@pytest.fixture
def library(store: Store) -> Library:
    recordings = store.home / "recordings"
    recordings.mkdir()
    return Library(store, Replay(Recordings(recordings), lambda run, folders, question: []))


def test_the_shelf_tells_of_every_run_however_it_ended(store: Store, library: Library) -> None:
    done, stopped, cut, broken = (attempt_at(store, spec(20, seed=seed)) for seed in range(4))
    list(done)
    for attempt in (stopped, cut):
        while next(attempt).step < 13:
            pass
    stopped.stop("by hand")
    cut.close()
    list(broken)
    (broken.folder.path / "spec.json").write_text("nonsense", encoding="utf-8")
    found = {kept.run: kept for kept in library.shelf()}
    assert [found[attempt.run].state for attempt in (done, stopped, cut, broken)] == [
        State.DONE,
        State.STOPPED,
        State.INTERRUPTED,
        State.FAILED,
    ]
    assert [found[attempt.run].step for attempt in (done, stopped, cut)] == [20, 13, 13]
    assert found[done.run].metrics["accuracy"] == 0.25 and found[done.run].seconds == 1.5  # from the test
    assert set(found[stopped.run].metrics) == {"loss"}  # from the last evaluation
    assert found[stopped.run].reason == "by hand"
    assert found[broken.run].spec is None and "damaged" in found[broken.run].reason
    assert all(kept.bytes > 0 and not kept.imported for kept in found.values())
    assert found[done.run].started


def test_the_shelf_notices_what_a_run_has_said_since(store: Store, library: Library) -> None:
    attempt = attempt_at(store, spec(20))
    next(attempt)
    assert library.shelf()[0].step == 0
    list(attempt)
    assert library.shelf()[0].step == 20


def test_recordings_stand_on_the_shelf_and_stay_there(store: Store, library: Library) -> None:
    attempt = attempt_at(store, spec(20))
    list(attempt)
    record(attempt.folder, store.home / "recordings" / "one", lambda folders, question: [])
    recorded = library.shelf()[-1]
    assert (recorded.run, recorded.state, recorded.recorded) == (RunRef(spec(20).id, 0), State.RECORDED, True)
    with pytest.raises(ValueError, match="cannot be deleted"):
        library.delete(recorded.run, "ann")


def test_a_parent_is_not_deleted_before_its_children(store: Store, library: Library) -> None:
    parent = attempt_at(store, spec(20))
    list(parent)
    children = [attempt_at(store, spec(20, seed=seed, parent=spec(20))) for seed in (1, 2)]
    for child in children:
        list(child)
    with pytest.raises(HasChildren, match="2 runs start from this one") as refusal:
        library.delete(parent.run, "ann")
    assert set(refusal.value.children) == {child.run for child in children}
    library.delete(children[0].run, "ann")
    with pytest.raises(HasChildren, match="another run starts"):
        library.delete(parent.run, "ann")
    library.delete(children[1].run, "ann")
    library.delete(parent.run, "ann")
    assert library.shelf() == []


def test_a_parent_may_go_where_another_attempt_at_it_is_done(store: Store, library: Library) -> None:
    first, second = attempt_at(store, spec(20)), None
    list(first)
    second = attempt_at(store, spec(20))
    list(second)
    list(attempt_at(store, spec(20, seed=1, parent=spec(20))))
    library.delete(second.run, "ann")
    with pytest.raises(HasChildren):
        library.delete(first.run, "ann")


def test_what_somebody_else_looks_at_is_not_deleted(store: Store, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = attempt_at(store, spec(20))
    list(attempt)
    library.looked(attempt.run, "ann")
    library.looked(attempt.run, "bob")
    with pytest.raises(ValueError, match="somebody else looks"):
        library.delete(attempt.run, "ann")
    library.looked(attempt.run, "cy")
    with pytest.raises(ValueError, match="2 others look"):
        library.delete(attempt.run, "ann")
    monkeypatch.setattr(libraries, "WATCHING", 0.0)
    library.delete(attempt.run, "ann")


def test_a_run_under_way_is_neither_deleted_nor_packed(store: Store, library: Library) -> None:
    attempt = attempt_at(store, spec(20))
    next(attempt)
    with pytest.raises(ValueError, match="is under way"):
        library.delete(attempt.run, "ann")
    with pytest.raises(ValueError, match="is under way"):
        library.pack(attempt.run, io.BytesIO())
    attempt.stop("by hand")
    with pytest.raises(ValueError, match="no snapshot yet"):
        library.pack(attempt.run, io.BytesIO())


def test_a_run_whose_folder_is_gone(store: Store, library: Library, tmp_path: Path) -> None:
    attempt = attempt_at(store, spec(20))
    list(attempt)
    shutil.rmtree(attempt.folder.path)
    with pytest.raises(ValueError, match="no run"):
        library.delete(attempt.run, "ann")
    with pytest.raises(ValueError, match="not on this machine"):
        library.pack(attempt.run, io.BytesIO())
