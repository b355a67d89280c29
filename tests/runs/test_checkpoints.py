"""A folder in the Hugging Face layout as an input of a run: by what is in it, wherever it lay and whatever it was called."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from llmviz.__main__ import spec_of
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.settings import ModelSpec, TextSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.core.update import Done
from llmviz.experiments.building import build
from llmviz.experiments.classification.stage import Sentiment
from llmviz.runs import checkpoints
from llmviz.runs.export import export_checkpoint
from llmviz.runs.folder import RunFolder
from llmviz.runs.library import Library
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at, outcome
from tests.runs.fake import spec


@pytest.fixture
def folder(store: Store, tmp_path: Path) -> Path:
    """A model that a run of another home has left."""
    made = attempt_at(Store(tmp_path / "elsewhere"), spec(20, seed=1))
    list(made)
    return whole(made.folder, tmp_path / "downloads" / "small-bert")


def whole(run: RunFolder, to: Path) -> Path:
    """The last snapshot of a run with its tokenizer beside it, as one that is downloaded has it."""
    shutil.copytree(run.snapshot(run.snapshots()[-1]), to)
    for file in run.shared:
        shutil.copyfile(file, to / file.name)
    return to


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


def test_a_run_starts_from_a_checkpoint_as_from_the_run_that_made_it(store: Store, folder: Path, tmp_path: Path) -> None:
    kept = checkpoints.keep(store.home, folder)
    assert kept == Checkpoint(checkpoints.digest(folder)) and kept.name == "small-bert"
    assert checkpoints.keep(store.home, folder) == kept  # a second time there is nothing to do
    assert checkpoints.named(store.home, kept.id[:12]) == checkpoints.place(store.home, kept)
    export_checkpoint(checkpoints.place(store.home, kept), tmp_path / "parent")
    assert checkpoints.digest(tmp_path / "parent") == kept.digest
    with pytest.raises(ValueError, match="not an empty folder"):
        export_checkpoint(checkpoints.place(store.home, kept), tmp_path / "parent")
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


def test_the_command_line_takes_a_folder(store: Store, folder: Path) -> None:
    given = spec_of(store, "sentiment", str(folder), {"labels": 4, "text": "reviews", "size": "0.3M"})
    assert given.start == Checkpoint(checkpoints.digest(folder))
    assert (given.objective.labels, given.text, given.model) == (4, TextSpec("reviews"), ModelSpec(size="0.3M"))
    assert checkpoints.found(store.home, Checkpoint(checkpoints.digest(folder))).is_dir()


def recorded(name: str, to: Path) -> tuple[Checkpoint, Path]:
    """The model a recording ended with, as if it had come from elsewhere."""
    [run] = [kept for each in Recordings().runs() if (kept := Recordings().folder(each)).path.name == name]
    folder = whole(run, to / name)
    return Checkpoint(checkpoints.digest(folder), name), folder


def test_a_model_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """The real stage, on models of real runs."""
    kept, folder = recorded("mlm-tinyland", tmp_path)
    fitting = RunSpec("sentiment", starting_from(kept))
    made = build(fitting, folder)
    assert isinstance(made, Sentiment) and made.origin.copied
    wrong = {
        "checkpoint mlm-tinyland is a RoFormerForMaskedLM; bert starts from a BertForMaskedLM": replace(fitting, model=ModelSpec("bert")),
        "is 2 layers of width 64 with 4 heads; 0.3M is 3 layers of width 96": replace(fitting, model=ModelSpec(size="0.3M")),
        "has another vocabulary": replace(fitting, text=TextSpec("reviews")),
    }
    for said, given in wrong.items():
        with pytest.raises(ValueError, match=said):
            build(given, folder)
    judge, folder = recorded("sentiment-tinyland", tmp_path)
    with pytest.raises(ValueError, match="is a RoFormerForTokenClassification"):
        build(replace(fitting, inputs=starting_from(judge)), folder)


def test_a_folder_without_a_readable_model_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="there is no model in small-bert that can be read"):
        build(RunSpec("mlm", starting_from(Checkpoint(checkpoints.digest(folder)))), folder)
