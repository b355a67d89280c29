import csv
import errno
import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, to_json
from llmviz.experiments import masked_lm
from llmviz.runs import folder
from llmviz.runs.engine import State
from llmviz.runs.export import export
from llmviz.runs.library import Library
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store, short
from tests.runs.conftest import attempt_at
from tests.runs.fake import spec
from tests.two_words import registered


def shelf(store: Store) -> list[Kept]:
    """Every run, as a listing has it."""
    return Library(store, Recordings(store.home / "none")).shelf()


def test_a_damaged_an_older_and_an_empty_folder_leave_the_others_alone(store: Store) -> None:
    for seed in range(4):
        list(attempt_at(store, spec(20, seed=seed)))
    damaged, older, empty, good = (store.folder(found) for seed in range(4) if (found := store.find(spec(20, seed=seed))))
    (damaged.path / "spec.json").write_bytes(b"\x00\xff")
    (older.path / "spec.json").write_text(json.dumps(to_json(older.spec()) | {"recipe": 0}), encoding="utf-8")
    shutil.rmtree(empty.path)
    empty.path.mkdir()
    listed = {store.folder(kept.run).path: kept for kept in shelf(store)}
    assert listed[good.path].state == State.DONE
    assert "damaged" in listed[damaged.path].reason
    assert "recipe 0" in listed[older.path].reason
    assert "not on this machine" in listed[empty.path].reason


def test_a_run_from_before_inputs_had_names_is_listed_with_a_sentence(store: Store) -> None:
    """Its folder has the name of then, and its description a parent."""
    list(attempt_at(store, spec(20, seed=1)))
    list(attempt_at(store, spec(20)))
    folder = store.folder(run) if (run := store.find(spec(20))) else None
    assert folder
    written = {name: value for name, value in to_json(spec(20)).items() if name != "inputs"} | {"parent": None}
    (folder.path / "spec.json").write_text(json.dumps(written), encoding="utf-8")
    folder.path.parent.rename(store.root / ("ab" * 32))
    old, new = RunRef("ab" * 32, 1), store.find(spec(20, seed=1))
    assert new and store.find(spec(20)) is None
    listed = {kept.run: kept for kept in shelf(store)}
    assert set(listed) == {old, new} and listed[new].state == State.DONE
    assert listed[old].spec is None and "made before runs had named inputs" in listed[old].reason
    with pytest.raises(ValueError, match="its weights are still in its folder"):
        store.status(old)
    list(attempt_at(store, spec(20)))  # the same, under its new name
    store.delete(old)
    assert old not in store.runs()


def test_a_run_is_a_child_of_every_input_it_has(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    roles = MappingProxyType({"start": ("mlm",), "reference": ("mlm",)})
    registered(monkeypatch, replace(masked_lm.EXPERIMENT, name="preferences", inputs=roles))
    first, second = attempt_at(store, spec(20, seed=1)), attempt_at(store, spec(20, seed=2))
    list(first), list(second)
    child, claim = store.create(RunSpec("preferences", {"start": spec(20, seed=1), "reference": spec(20, seed=2)}))
    claim.release()
    assert store.children(first.run) == store.children(second.run) == (child,)


def test_damaged_updates_are_said(store: Store) -> None:
    attempt = attempt_at(store, spec(20))
    list(attempt)
    attempt.folder.updates.write_bytes(b"nonsense\n")
    with pytest.raises(ValueError, match="damaged"):
        store.status(attempt.run)
    assert store.finished(spec(20)) is None
    assert attempt_at(store, spec(20)).run.attempt == 2


def test_a_disk_that_is_full_at_the_start_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder, "write", refuse)
    with pytest.raises(OSError, match="No space"):
        store.create(spec())
    monkeypatch.undo()
    assert store.runs() == []
    list(attempt_at(store, spec()))


def test_deleting(store: Store) -> None:
    attempt = attempt_at(store, spec())
    next(attempt)
    with pytest.raises(ValueError, match="under way"):
        store.delete(attempt.run)
    attempt.stop("by hand")
    store.delete(attempt.run)
    assert store.runs() == []
    with pytest.raises(ValueError, match="no run"):
        store.delete(attempt.run)
    assert attempt_at(store, spec()).run.attempt == 2  # the name of a deleted run never comes to mean another


def test_old_attempts_go_and_the_newest_that_is_done_stays(store: Store) -> None:
    list(attempt_at(store, spec()))
    for _ in range(4):
        attempt = attempt_at(store, spec())
        next(attempt)
        attempt.stop("by hand")
    assert [run.attempt for run in store.attempts(spec().id)] == [5, 4, 3, 1]


def test_a_run_is_named_by_the_beginning_of_its_key(store: Store) -> None:
    first, second = attempt_at(store, spec(seed=1)), attempt_at(store, spec(seed=2))
    list(first), list(second)
    for name in (first.run.key, short(first.run), first.run.id[:6], first.run.id):
        assert store.match(name) == first.run
    list(attempt_at(store, spec(seed=1)))
    for name, problem in (
        (first.run.id[:6], "beginning of 2 runs"),
        ("abc", "not the name"),
        ("../../etc", "not the name"),
        ("0" * 12, "no run"),
    ):
        with pytest.raises(ValueError, match=problem):
            store.match(name)
    assert store.match(f"{first.run.id[:6]}-2").attempt == 2


def test_an_export_holds_weights_and_history(store: Store, tmp_path: Path) -> None:
    attempt = attempt_at(store, spec(20))
    list(attempt)
    out = export(attempt.folder, tmp_path / "out")
    assert {"config.json", "model.safetensors", "tokenizer.json", "history.csv", "history.json", "spec.json"} == {
        item.name for item in out.iterdir()
    }
    with (out / "history.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["name"] == "batch loss" for row in rows) == 20
    assert {"loss", "loss (test)", "floor (test)"} <= {row["name"] for row in rows}
    assert json.loads((out / "history.json").read_text(encoding="utf-8"))[-1]["type"] == "done"
    with pytest.raises(ValueError, match="not an empty folder"):
        export(attempt.folder, out)


def test_what_is_nested_without_end_is_damage_like_any_other(store: Store) -> None:
    attempt = attempt_at(store, spec())
    list(attempt)
    deep = b'{"parent":' * 100_000 + b"null" + b"}" * 100_000
    (attempt.folder.path / "spec.json").write_bytes(deep)
    with pytest.raises(ValueError, match="damaged"):
        attempt.folder.spec()
    assert [kept.state for kept in shelf(store)] == [State.FAILED]
    assert store.find(spec()) is None


def test_a_damaged_attempt_is_passed_over_for_an_older_one(store: Store) -> None:
    older, newer = attempt_at(store, spec()), None
    list(older)
    newer = attempt_at(store, spec())
    list(newer)
    assert store.find(spec()) == newer.run
    newer.folder.updates.write_bytes(b"garbage\n")
    assert store.find(spec()) == older.run
