import json
from dataclasses import replace
from pathlib import Path

import pytest

from llmviz.core.run import RunRef
from llmviz.core.spec import to_json
from llmviz.core.update import Done
from llmviz.runs import learning_curves, tail
from llmviz.runs.library import Library
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at
from tests.runs.fake import spec

SEEDS = (0, 1)
LINE = {
    "spec": to_json(spec(20)),
    "steps": [0, 20],
    "tokens": [0, 90],
    "scores": {"loss": [2.0, 1.0]},
    "references": {},
    "metrics": {},
    "seconds": 1,
}


@pytest.fixture
def recordings(store: Store, tmp_path: Path) -> Path:
    """A folder that keeps the learning curve of two finished runs."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    for seed in SEEDS:
        attempt = attempt_at(store, replace(spec(20), seed=seed))
        list(attempt)
        assert learning_curves.keep(folder, attempt.folder) == seed + 1
    return folder


def test_courses_end_as_the_runs_did_and_cannot_be_opened(recordings: Path, store: Store) -> None:
    library = Library(store, Recordings(recordings))
    found = {each.spec.seed: each for each in library.learning_curves()}
    assert set(found) == set(SEEDS)
    for seed, each in found.items():
        end = store.folder(RunRef(replace(spec(20), seed=seed).id, 1)).ending()
        assert isinstance(end, Done)
        assert each.metrics == pytest.approx(end.metrics, rel=1e-5) and each.seconds == pytest.approx(end.seconds, abs=0.06)
        assert library.recorded(replace(spec(20), seed=seed)) is None
    assert not any(kept.recorded for kept in library.shelf())


def test_a_course_is_what_the_run_said_at_each_evaluation(recordings: Path, store: Store) -> None:
    for found in Recordings(recordings).learning_curves:
        history = tail.look(store.folder(RunRef(found.spec.id, 1)).updates, tail.Reached()).history
        assert found.steps == history.scores["loss"].steps
        assert found.scores["loss"] == pytest.approx(history.scores["loss"].values, abs=1e-4)
        assert found.tokens[0] == 0 and found.tokens[-1] == history.tokens
        assert history.begin and found.references == pytest.approx(history.begin.references, rel=1e-5)


def test_keeping_a_run_twice_keeps_it_once(recordings: Path, store: Store) -> None:
    before = (recordings / learning_curves.FILE).read_bytes()
    assert learning_curves.keep(recordings, store.folder(RunRef(spec(20).id, 1))) == len(SEEDS)
    assert (recordings / learning_curves.FILE).read_bytes() == before


def test_a_run_that_is_not_done_is_refused(recordings: Path, store: Store) -> None:
    attempt = attempt_at(store, spec(30))
    next(iter(attempt))
    with pytest.raises(ValueError, match="done"):
        learning_curves.keep(recordings, attempt.folder)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{",
        "{}",
        "3",
        '[3, {"spec": 1}]',
        json.dumps([LINE | {"spec": to_json(spec(20)) | {"recipe": 0}}]),
        json.dumps([LINE | {"tokens": [0]}]),
        json.dumps([LINE | {"scores": {"loss": [1.0]}}]),
        json.dumps([LINE | {"scores": 3}]),
        "[" * 9999,
    ],
)
def test_what_cannot_be_read_or_is_of_an_older_recipe_is_not_there(tmp_path: Path, written: str) -> None:
    (tmp_path / learning_curves.FILE).write_text(written, encoding="utf-8")
    assert learning_curves.read(tmp_path) == []


def test_a_whole_line_is_read(tmp_path: Path) -> None:
    (tmp_path / learning_curves.FILE).write_text(json.dumps([LINE]), encoding="utf-8")
    assert [found.spec for found in learning_curves.read(tmp_path)] == [spec(20)]


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert learning_curves.read(tmp_path / "nowhere") == []
