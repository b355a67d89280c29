import json
from dataclasses import replace
from pathlib import Path

import pytest

from llmviz.core.run import RunRef
from llmviz.core.spec import to_json
from llmviz.core.update import Done
from llmviz.runs import figures
from llmviz.runs.replay import Recordings, Replay
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at
from tests.runs.fake import spec

SEEDS = (0, 1)


@pytest.fixture
def recordings(store: Store, tmp_path: Path) -> Path:
    """A folder that keeps the figures of two finished runs."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    for seed in SEEDS:
        attempt = attempt_at(store, replace(spec(20), seed=seed))
        list(attempt)
        assert figures.keep(folder, attempt.folder) == seed + 1
    return folder


def test_figures_are_those_of_the_runs_and_cannot_be_opened(recordings: Path, store: Store) -> None:
    replay = Replay(Recordings(recordings), lambda run, folders, question: [])
    found = {kept.spec.seed: kept for kept in replay.figures() if kept.spec}
    assert set(found) == set(SEEDS)
    for seed, kept in found.items():
        end = store.folder(RunRef(replace(spec(20), seed=seed).id, 1)).ending()
        assert isinstance(end, Done)
        assert kept.metrics == end.metrics and kept.seconds == end.seconds and kept.recorded
        assert replay.recorded(replace(spec(20), seed=seed)) is None
    assert replay.shelf() == []


def test_keeping_a_run_twice_keeps_it_once(recordings: Path, store: Store) -> None:
    before = (recordings / figures.FILE).read_bytes()
    assert figures.keep(recordings, store.folder(RunRef(spec(20).id, 1))) == len(SEEDS)
    assert (recordings / figures.FILE).read_bytes() == before


def test_a_run_that_is_not_done_is_refused(recordings: Path, store: Store) -> None:
    attempt = attempt_at(store, spec(30))
    next(iter(attempt))
    with pytest.raises(ValueError, match="done"):
        figures.keep(recordings, attempt.folder)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{",
        "{}",
        "3",
        '[3, {"spec": 1}]',
        json.dumps([{"spec": to_json(spec(20)) | {"recipe": 0}, "metrics": {}, "seconds": 1}]),
        "[" * 9999,
    ],
)
def test_what_cannot_be_read_or_is_of_an_older_recipe_is_not_there(tmp_path: Path, written: str) -> None:
    (tmp_path / figures.FILE).write_text(written, encoding="utf-8")
    assert figures.read(tmp_path) == []


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert figures.read(tmp_path / "nowhere") == []
