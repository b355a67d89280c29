"""Listing and deleting: what the lab book does with runs."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from llmviz.core.run import RunRef
from llmviz.runs import library as libraries
from llmviz.runs.engine import HasChildren, State
from llmviz.runs.folder import RunFolder
from llmviz.runs.library import Library, named
from llmviz.runs.record import record
from llmviz.runs.recordings import Recordings, snapshots
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at
from tests.runs.fake import spec


@pytest.fixture
def library(store: Store) -> Library:
    recordings = store.home / "recordings"
    recordings.mkdir()
    return Library(store, Recordings(recordings))


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


def test_a_run_is_named_by_its_key_and_a_recording_also_by_its_name(store: Store) -> None:
    recordings = store.home / "recordings"
    for seed in (0, 1):
        made = attempt_at(store, spec(20, seed=seed))
        list(made)
        record(made.folder, recordings / f"seed-{seed}", lambda folders, question: [])
        if seed:
            store.delete(made.run)  # of this there is the recording alone
    kept = Recordings(recordings)
    first, second = spec(20).id, spec(20, seed=1).id
    assert named(store, kept, "seed-0")[0] == RunRef(first, 0)
    assert named(store, kept, f"{first[:12]}-0")[0] == RunRef(first, 0)
    assert named(store, kept, second[:12]) == (RunRef(second, 0), kept.folder(RunRef(second, 0)))
    assert named(store, kept, first[:12])[0] == RunRef(first, 1)  # as a run that starts from it would
    begun = attempt_at(store, spec(20))
    begun.stop("by hand")
    assert named(store, kept, first[:12])[0] == RunRef(first, 1)  # and not one that has only begun
    again = attempt_at(store, spec(20))
    list(again)
    assert named(store, kept, first[:12])[0] == again.run
    assert named(store, kept, f"{first[:12]}-2") == (begun.run, store.folder(begun.run))
    unfinished = []
    for _ in range(2):
        unfinished.append(attempt_at(store, spec(20, seed=2)))
        unfinished[-1].close()
    with pytest.raises(ValueError, match="the beginning of 2 runs"):
        named(store, kept, unfinished[0].run.id[:12])
    for text, problem in {"seed-7": "not the name of a run", "abcdef": "no run abcdef", "../x": "not the name of a run"}.items():
        with pytest.raises(ValueError, match=problem):
            named(store, kept, text)


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
    with pytest.raises(HasChildren, match="2 runs are made from this one") as refusal:
        library.delete(parent.run, "ann")
    assert set(refusal.value.children) == {child.run for child in children}
    library.delete(children[0].run, "ann")
    with pytest.raises(HasChildren, match="another run is made"):
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


def _folder_instead(file: Path) -> None:
    shutil.rmtree(file) if file.is_dir() else file.unlink()
    file.mkdir()


def _file_instead(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(b"")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "spec.json is a folder": lambda run: _folder_instead(run / "spec.json"),
    "updates.jsonl is a folder": lambda run: _folder_instead(run / "updates.jsonl"),
    "snapshots is a file": lambda run: _file_instead(run / "snapshots"),
    "bytes": lambda run: (run / "updates.jsonl").write_bytes(b"\xff\x00\n"),
    "no updates": lambda run: (run / "updates.jsonl").write_text("[1]\n{}\n", encoding="utf-8"),
    "another type": lambda run: (run / "updates.jsonl").write_text('{"type": "step", "step": "1", "loss": [], "tokens": 1}\n', "utf-8"),
    "metrics of another type": lambda run: (run / "updates.jsonl").write_text('{"type": "score", "step": 1, "metrics": [1]}\n', "utf-8"),
    "nested": lambda run: (run / "updates.jsonl").write_text("[" * 100_000 + "\n", encoding="utf-8"),
    "notes": lambda run: (run / "notes.json").write_text('{"started": [], "imported": {"a": []}}', encoding="utf-8"),
    "gone": shutil.rmtree,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("recorded", [False, True], ids=["run", "recording"])
def test_whatever_is_wrong_with_the_files_of_a_run_is_said_in_a_sentence(
    damage: str, recorded: bool, store: Store, library: Library
) -> None:
    made = attempt_at(store, spec(20))
    list(made)
    run, folder = made.run, made.folder.path
    if recorded:
        folder = store.home / "recordings" / "made"
        record(made.folder, folder, lambda folders, question: [])
        run = RunRef(run.id, 0)
        assert library.recorded(spec(20)) == run  # it was whole when the server started
    DAMAGES[damage](folder)
    readers: list[Callable[[], object]] = [
        lambda: library.history(run),
        lambda: library.spec(run),
        lambda: library.tokenizer(run),
        lambda: library.pack(run, io.BytesIO()),
        lambda: library.place(run).status(run),
        lambda: snapshots(RunFolder(folder), [20]),
    ]
    said = []
    for reader in readers:
        try:
            reader()
        except ValueError as problem:
            said.append(str(problem))
    assert said or damage == "notes"
    assert all("\n" not in sentence and "Errno" not in sentence and len(sentence) < 200 for sentence in said)
    library.find(spec(20)), library.recorded(spec(20)), library.shelf()  # these leave out, or list as damaged, what cannot be read
