"""Weights that somebody forged under the settings of another run: they become a parent only where somebody names them."""

import hashlib
import io
import json
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from safetensors.numpy import save

from llmviz.core.experiment import START
from llmviz.core.run import RunRef
from llmviz.experiments.lab_book import view
from llmviz.runs import parcel
from llmviz.runs.attempt import Attempt, folders
from llmviz.runs.folder import RunFolder, digest
from llmviz.runs.library import Library, named
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from tests.hostile.zips import zipped
from tests.runs.conftest import attempt_at, outcome
from tests.runs.fake import WIDTH, Fake, spec

PARENT = spec(20)
CHILD = spec(10, parent=PARENT)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Store(tmp_path / "home"), Recordings(tmp_path / "recordings"), workshop="tests.runs.fake:Fake")


@pytest.fixture
def forged(library: Library, tmp_path: Path) -> RunRef:
    """The parent's settings with other weights, taken in from a zip."""
    elsewhere = attempt_at(Store(tmp_path / "elsewhere"), PARENT)
    list(elsewhere)
    packed = io.BytesIO()
    parcel.pack(elsewhere.folder, packed)
    with ZipFile(packed) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    weights = save({"w": np.full(WIDTH, 7.0, np.float32)})
    return library.unpack(zipped({name: weights if name.endswith("safetensors") else content for name, content in files.items()}))


def recorded(library: Library) -> RunFolder:
    """A recording of the parent."""
    attempt = attempt_at(Store(library.store.home / "made"), PARENT)
    list(attempt)
    library.recordings.root.mkdir()
    attempt.folder.path.rename(library.recordings.root / "parent")
    library.recordings = Recordings(library.recordings.root)
    return RunFolder(library.recordings.root / "parent")


def begun(library: Library, *very: RunRef) -> Attempt:
    """A child, trained to its end."""
    run, claim = library.store.create(CHILD, very)
    claim.release()
    attempt = Attempt(Fake(), library.store, library.recordings, run)
    list(attempt)
    return attempt


def newest(folder: RunFolder) -> Path:
    return folder.snapshot(folder.snapshots()[-1])


def test_nothing_begins_from_an_import_by_itself(library: Library, forged: RunRef) -> None:
    assert library.store.done(forged) and library.find(PARENT) is None and library.store.finished(PARENT) is None
    assert library.untrained(CHILD) == {START: PARENT} and library.before(CHILD) == [PARENT]
    with pytest.raises(ValueError, match="train that one first"):
        folders((library.recordings, library.store), CHILD)


def test_a_recording_comes_first_and_what_was_made_here_next(library: Library, forged: RunRef) -> None:
    own = attempt_at(library.store, PARENT)
    list(own)
    assert library.find(PARENT) == own.run != forged
    assert folders((library.recordings, library.store), CHILD)[START] == newest(own.folder)
    recording = recorded(library)
    assert folders((library.recordings, library.store), CHILD)[START] == newest(recording)


def test_whoever_names_it_begins_from_it_and_the_child_is_nobodys_parent_either(library: Library, forged: RunRef) -> None:
    recorded(library)
    assert library.untrained(CHILD, [forged]) == {}
    honest, child = begun(library), begun(library, forged)
    assert child.folder.weights == {START: digest(newest(library.store.folder(forged)))}
    assert outcome(child.folder)[0] != outcome(honest.folder)[0]
    assert library.store.foreign(child.run) and not library.store.foreign(honest.run)
    assert library.find(CHILD) == honest.run
    assert named(library.store, library.recordings, CHILD.id[:12])[0] == honest.run


def test_a_run_says_which_weights_it_is_made_from(library: Library) -> None:
    recording = recorded(library)
    child = begun(library)
    weights = hashlib.sha256((newest(recording) / "model.safetensors").read_bytes()).hexdigest()
    assert child.folder.weights == {START: weights}
    kept = {kept.run: kept for kept in library.shelf()}[child.run]
    assert kept.weights == {START: weights}
    assert view.weights(kept) == (f"start {weights[:12]}", f"SHA-256 of the weights it is made from: start {weights}")
    packed = io.BytesIO()
    library.pack(child.run, packed)
    with ZipFile(packed) as archive:
        assert json.loads(archive.read("notes.json"))["inputs"] == {START: weights}


def test_it_goes_on_from_these_weights_or_not_at_all(library: Library) -> None:
    recording = recorded(library)
    child = begun(library)
    (newest(recording) / "model.safetensors").write_bytes(save({"w": np.zeros(WIDTH, np.float32)}))
    with pytest.raises(ValueError, match="are no longer those it began with"):
        folders((library.recordings, library.store), CHILD, child.folder.weights)


def test_a_run_made_before_runs_said_so_can_be_read(library: Library) -> None:
    recorded(library)
    child = begun(library)
    notes = child.folder.notes()
    del notes["inputs"]
    (child.folder.path / "notes.json").write_text(json.dumps(notes), encoding="utf-8")
    kept = {each.run: each for each in library.shelf()}[child.run]
    assert (kept.weights, kept.state) == ({}, "done")


def test_imports_push_no_own_run_out(library: Library, forged: RunRef) -> None:
    for _ in range(4):
        list(attempt_at(library.store, PARENT))
    assert library.store.folder(forged).path.is_dir()
    assert len(library.store.attempts(PARENT.id)) == 1 + 3
