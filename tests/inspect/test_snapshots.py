"""What is kept of snapshots for the next who asks: how much of it, for how long, and never what is no longer there."""

import shutil
from collections import OrderedDict
from pathlib import Path

import pytest
import torch

from llmviz.core.questions.generation import Generate
from llmviz.inspect import generation, snapshots
from llmviz.inspect.snapshots import stacked
from llmviz.text.tokenizers import word_level
from tests.inspect.writers import snapshots as written

WORDS = ["the", "dog", "barks", "owl"]
STEPS = (0, 1, 2, 3)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setattr(snapshots, "_kept", OrderedDict())
    return list(written(tmp_path, word_level(WORDS), "neox", STEPS).values())


def size(count: int, folder: Path) -> int:
    """Bytes of a stack of so many."""
    return count * 4 * sum(weight.numel() for weight in snapshots.weights(folder).values())


def test_a_stack_is_made_once_and_holds_the_weights_of_each(folders: list[Path]) -> None:
    shape, weights = stacked(folders)
    assert stacked(folders)[1] is weights and stacked(folders[1:])[1] is not weights
    for place, folder in enumerate(folders):
        own = snapshots.model(folder).state_dict()
        assert all(torch.equal(weight[place], own[name]) for name, weight in weights.items())
    assert shape.num_parameters() == sum(weight[0].numel() for weight in weights.values())


def test_of_stacks_no_more_than_so_many_bytes_are_kept_and_the_last_asked_for(folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "STACKED", size(3, folders[0]) + 1)
    one, two, three = (stacked([folder])[1] for folder in folders[:3])
    assert stacked(folders[:1])[1] is one  # asked for again: the second is now the oldest
    stacked(folders[3:])
    assert [stacked([folder])[1] is kept for folder, kept in zip(folders[:3], (one, two, three), strict=True)] == [True, False, False]
    assert sum(map(snapshots._bytes, snapshots._kept.values())) <= snapshots.STACKED
    stacked(folders[2:3])
    before = list(snapshots._kept)
    assert len(stacked(folders)[1]) == len(one) and list(snapshots._kept) == before  # too large to be kept, and nothing else goes for it


def test_a_snapshot_that_is_written_anew_is_read_anew(folders: list[Path], tmp_path: Path) -> None:
    def asked() -> tuple[torch.Tensor, ...]:
        alone = snapshots.whole(folders[0]).state_dict()
        return stacked(folders)[1][name][0], alone[name], snapshots.weights(folders[0])[name].float()

    name = "gpt_neox.embed_in.weight"
    before = asked()
    written(tmp_path / "again", word_level(WORDS), "neox", (7,))
    shutil.copyfile(tmp_path / "again" / "snapshots" / "7" / "model.safetensors", folders[0] / "model.safetensors")
    expected = snapshots.weights(tmp_path / "again" / "snapshots" / "7")[name].float()
    assert not torch.equal(before[0], expected) and all(torch.equal(found, expected) for found in asked())


def test_what_is_deleted_is_no_longer_answered_for(folders: list[Path]) -> None:
    question = Generate("the", 3)
    by_step = dict(enumerate(folders))
    assert len(generation.answer(by_step, question)) == len(folders)
    (folders[1] / "model.safetensors").unlink()
    for refused in (lambda: generation.answer(by_step, question), lambda: snapshots.whole(folders[1])):
        with pytest.raises(ValueError, match=r"^the snapshot of step 1 cannot be read \(No such file or directory\)$"):
            refused()


def test_a_tokenizer_is_read_once_and_anew_when_it_changes(folders: list[Path]) -> None:
    once = snapshots.tokenizer(folders[0])
    assert snapshots.tokenizer(folders[0]) is once
    word_level([*WORDS, "hoots"]).save(str(folders[0] / "tokenizer.json"))
    assert snapshots.tokenizer(folders[0]).get_vocab_size() == once.get_vocab_size() + 1
    (folders[0] / "tokenizer.json").unlink()
    with pytest.raises(ValueError, match="is missing"):
        snapshots.tokenizer(folders[0])
