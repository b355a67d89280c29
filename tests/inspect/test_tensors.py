"""Hashes prove what a classifier has of its parent, and movement is measured."""

import hashlib
from pathlib import Path

import pytest
from safetensors.torch import load_file

from llmviz.core.questions.tensors import Tensors
from llmviz.inspect import tensors
from llmviz.models import files, transfer
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import word_level
from llmviz.views import network
from tests.inspect.judges import ARCHITECTURES, Folders, classifier, language_model
from tests.small import shaken


def family(architecture: str, path: Path) -> tuple[Folders, Folders]:
    """A parent's last snapshot, and the child's first and, with every weight moved, its second."""
    tokenizer = word_level(words())
    parent, first, second = path / "parent/snapshots/9", path / "child/snapshots/0", path / "child/snapshots/4"
    files.save(shaken(language_model(architecture, 1), seed=1), tokenizer, parent)
    child = classifier(files.load(parent))
    files.save(child, tokenizer, first)
    files.save(shaken(child, seed=3), tokenizer, second)
    return {9: parent}, {0: first, 4: second}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_hashes_tell_copied_from_new_and_left_behind(architecture: str, tmp_path: Path) -> None:
    parent, child = family(architecture, tmp_path)
    [before] = tensors.answer(parent, Tensors(9))
    first, second = tensors.answer(child, Tensors())
    found = {tensor.name: tensor.fate for tensor in network.compared(before, first)}
    prefix = {"roformer": "roformer.", "bert": "bert.", "neox": "gpt_neox.", "gpt2": "transformer."}[architecture]
    for name, fate in found.items():
        if name in first.names:
            assert fate == (network.COPIED if name.startswith(prefix) else network.NEW), name
        else:
            assert fate == network.LEFT and not name.startswith(prefix)
    assert network.COPIED in found.values() and network.NEW in found.values()
    sines = {hash for name, hash in zip(first.names, first.hashes, strict=True) if "embed_positions" in name}  # a table that stays
    assert set(first.hashes) & set(second.hashes) == sines
    named = load_file(child[0] / "model.safetensors")
    for name, hash, shape in zip(first.names, first.hashes, first.shapes, strict=True):
        assert hash == hashlib.sha256((named[name].float() + 0.0).numpy().tobytes()).hexdigest()
        assert shape == tuple(named[name].shape)


def test_movement_is_the_length_of_the_change(tmp_path: Path) -> None:
    _, child = family("roformer", tmp_path)
    first, second = tensors.answer(child, Tensors())
    assert not first.moved.any()
    one, other = (load_file(folder / "model.safetensors") for folder in child.values())
    for name, norm, moved in zip(second.names, second.norm, second.moved, strict=True):
        assert norm == pytest.approx(float(other[name].float().norm()), rel=1e-3)
        length = float(one[name].float().norm()) or 1.0
        assert moved == pytest.approx(float((other[name].float() - one[name].float()).norm()) / length, rel=1e-3)
    whole = network.moved(second, first, first.names)
    apart = sum(float((other[name].float() - one[name].float()).norm()) ** 2 for name in one) ** 0.5
    assert whole == pytest.approx(apart / sum(float(one[name].float().norm()) ** 2 for name in one) ** 0.5, rel=1e-3)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_picture_holds_every_number_of_the_network_once(architecture: str, tmp_path: Path) -> None:
    parent, child = family(architecture, tmp_path)
    [before] = tensors.answer(parent, Tensors(9))
    drawn = network.network(before, {found.step: found for found in tensors.answer(child, Tensors())})
    assert [layer["name"] for layer in drawn["layers"] if layer["name"].startswith("layer")] == ["layer 1", "layer 2"]
    assert drawn["layers"][0]["name"] == "embeddings" and drawn["layers"][-1]["name"] == "head"
    assert drawn["layers"][0]["fate"] == network.COPIED and drawn["layers"][-1]["fate"] == network.NEW
    model = files.load(child[0])
    assert sum(layer["numbers"] for layer in drawn["layers"]) == sum(weight.numel() for weight in model.state_dict().values())
    assert [layer["name"] for layer in drawn["layers"] if layer["zero"]] == ["head"]
    assert all(layer["moved"][0] == 0 < layer["moved"][1] for layer in drawn["layers"])
    scratch = network.network(None, {0: tensors.answer(child, Tensors())[0]})
    assert {layer["fate"] for layer in scratch["layers"]} == {network.NEW} and scratch["left"] == []


@pytest.mark.parametrize("architecture", ["roformer", "bert"])
def test_a_longer_vocabulary_is_copied_with_new_rows_behind(architecture: str, tmp_path: Path) -> None:
    parent, _ = family(architecture, tmp_path)
    tokenizer, before = word_level(words()), files.load(parent[9])
    grown = tokenizer.get_vocab_size() + 3
    files.save(transfer.reader(before, grown, seed=1), tokenizer, tmp_path / "reader/snapshots/0")
    [theirs], [ours] = tensors.answer(parent, Tensors(9)), tensors.answer({0: tmp_path / "reader/snapshots/0"}, Tensors())
    drawn = network.network(theirs, {0: ours})
    fates = {tensor["name"]: tensor["fate"] for tensor in drawn["layers"][0]["tensors"]}
    (name,) = (name for name, fate in fates.items() if fate == "copied, 3 rows new")
    assert name.endswith("word_embeddings.weight") and {*fates.values()} - {fates[name]} <= {network.COPIED}
    assert drawn["layers"][0]["fate"] == fates[name] and drawn["layers"][1]["fate"] == network.COPIED
    width = int(before.config.hidden_size)
    assert drawn["sums"][network.EXTENDED] == {"tensors": 1, "numbers": 3 * width}
    assert drawn["sums"][network.NEW] == {"tensors": 2, "numbers": 2 * width + 2}  # the head


def test_a_snapshot_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    _, child = family("roformer", tmp_path)
    with pytest.raises(ValueError, match="step 3 cannot be read"):
        tensors.answer(child, Tensors(since=3))
    assert tensors.answer({}, Tensors()) == []
