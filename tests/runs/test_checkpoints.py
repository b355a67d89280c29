"""A folder in the Hugging Face layout as an input of a run: by what is in it, wherever it lay and whatever it was called."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.spec import starting_from
from llmviz.core.update import Done
from llmviz.runs import checkpoints
from llmviz.runs.library import Library
from llmviz.runs.replay import Recordings
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at, outcome
from tests.runs.fake import spec


@pytest.fixture
def folder(store: Store, tmp_path: Path) -> Path:
    """A model that a run of another home has left."""
    made = attempt_at(Store(tmp_path / "elsewhere"), spec(20, seed=1))
    list(made)
    return shutil.copytree(made.snapshot, tmp_path / "downloads" / "small-bert")


def test_a_folder_is_known_by_its_files_alone(folder: Path, tmp_path: Path) -> None:
    digest = checkpoints.digest(folder)
    copied = shutil.copytree(folder, tmp_path / "copied")
    (copied / ".git").mkdir()
    (copied / ".git" / "HEAD").write_text("main", encoding="utf-8")
    assert checkpoints.digest(copied) == digest
    (copied / "config.json").rename(copied / "configs.json")
    with pytest.raises(ValueError, match="copied holds no model"):
        checkpoints.digest(copied)
    (copied / "configs.json").rename(copied / "config.json")
    (copied / "tokenizer.json").rename(copied / "tokens.json")
    assert checkpoints.digest(copied) != digest
    (copied / "tokens.json").rename(copied / "tokenizer.json")
    with (copied / "model.safetensors").open("ab") as file:
        file.write(b"\0")
    assert checkpoints.digest(copied) != digest


def test_a_run_starts_from_a_checkpoint_as_from_the_run_that_made_it(store: Store, folder: Path) -> None:
    kept = checkpoints.keep(store.home, folder)
    assert kept == Checkpoint(checkpoints.digest(folder)) and kept.name == "small-bert"
    assert checkpoints.keep(store.home, folder) == kept  # a second time there is nothing to do
    assert checkpoints.named(store.home, kept.id[:12]) == checkpoints.place(store.home, kept)
    assert checkpoints.named(store.home, "") is checkpoints.named(store.home, "0" * 12) is None
    child = attempt_at(store, replace(spec(20), inputs=starting_from(kept)))
    assert isinstance(list(child)[-1], Done)
    list(attempt_at(store, spec(20, seed=1)))
    same = attempt_at(store, spec(20, parent=spec(20, seed=1)))
    list(same)
    assert outcome(child.folder) == outcome(same.folder)
    assert child.folder.spec().start == kept
    assert [kept.spec for kept in Library(store, Recordings(store.home / "none")).shelf()].count(child.folder.spec()) == 1


def test_a_checkpoint_that_is_not_here_or_has_changed_fails_in_a_sentence(store: Store, folder: Path) -> None:
    kept = checkpoints.keep(store.home, folder)
    given = replace(spec(20), inputs=starting_from(kept))
    with (checkpoints.place(store.home, kept) / "model.safetensors").open("ab") as file:
        file.write(b"\0")
    assert "files of checkpoint small-bert have changed" in list(attempt_at(store, given))[-1].reason  # type: ignore[union-attr]
    shutil.rmtree(checkpoints.place(store.home, kept))
    assert "small-bert, which it starts from, is not on this machine" in list(attempt_at(store, given))[-1].reason  # type: ignore[union-attr]
