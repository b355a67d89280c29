"""A server keeps so many runs, and so many bytes of them: one more is refused before it begins."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmviz.core import hosting
from llmviz.runs import room
from llmviz.runs.store import Store
from tests.runs.fake import spec


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    yield Store(tmp_path)
    hosting.limits.cache_clear()
    room.taken.cache_clear()


def limit(monkeypatch: pytest.MonkeyPatch, name: str, value: int) -> None:
    monkeypatch.setenv(hosting.variable(name), str(value))
    hosting.limits.cache_clear()
    room.taken.cache_clear()


def test_one_run_too_many_is_refused_until_one_is_deleted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LOOK", 1e-9)  # count each time
    limit(monkeypatch, "runs", 2)
    runs = []
    for seed in range(2):
        run, claim = store.create(spec(seed=seed))
        claim.release()
        runs.append(run)
    with pytest.raises(ValueError, match="2 runs are kept here, as many as there is room for"):
        store.create(spec(seed=2))
    assert len(store.runs()) == 2  # nothing half made
    store.delete(runs[0])
    store.create(spec(seed=2))[1].release()


def test_one_byte_too_many_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run, claim = store.create(spec())
    claim.release()
    (store.folder(run).path / "large").write_bytes(bytes(1_000_000))
    limit(monkeypatch, "disk_mb", 1)
    with pytest.raises(ValueError, match="take 1 MB, all the room there is"):
        store.create(spec(seed=1))


def test_what_is_here_is_counted_once_in_a_while(tmp_path: Path) -> None:
    def add(name: str) -> None:
        (tmp_path / name / "1").mkdir(parents=True)
        (tmp_path / name / "1" / "spec.json").write_bytes(bytes(10))

    room.taken.cache_clear()
    add("one")
    assert room.taken(tmp_path, 0) == (1, 10)
    add("two")
    assert room.taken(tmp_path, 0) == (1, 10) and room.taken(tmp_path, 1) == (2, 20)
