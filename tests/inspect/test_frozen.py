"""What each method of fine-tuning trains and freezes, read off real snapshots of real trainings: names, counts, hashes, LoRA's factors."""

from math import prod
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from llmviz.core.questions.tensors import Inventory, Tensors
from llmviz.core.run import RunRef
from llmviz.core.settings import METHODS, LabelsSpec, ModelSpec, TrainSpec
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.core.update import Begin
from llmviz.experiments.building import build
from llmviz.inspect import tensors
from llmviz.models import files
from llmviz.models.blocks import blocks
from llmviz.parts.network.payload import Network
from llmviz.runs.recordings import Recordings
from llmviz.training.loop import Training
from llmviz.views import frozen
from llmviz.views.network import HEAD, NEW, compared, network, place
from tests.small import little_to_evaluate

RANK = 4
ARCHITECTURES = ["roformer", "bert", "neox", "gpt2"]
BODY = {"roformer": "mlm", "bert": "mlm", "neox": "clm", "gpt2": "clm"}


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    little_to_evaluate(monkeypatch)


def trained(method: str, architecture: str, path: Path) -> tuple[list[Inventory], int]:
    """A classifier with a pretrained body before and after three steps, and how many numbers its training says that it moves."""
    model = ModelSpec(architecture)
    parent = RunSpec(BODY[architecture], model=model)
    build(parent, None).save(path / "parent")
    train = TrainSpec(steps=3, batch_size=4, optimizer="adamw", learning_rate=1e-2)
    given = RunSpec("sentiment", starting_from(parent), model=model, train=train, objective=LabelsSpec(8, method, RANK))
    stage = build(given, path / "parent")
    stage.save(path / "snapshots/0")
    updates = list(Training(stage, train).updates())
    stage.save(path / "snapshots/3")
    assert isinstance(updates[0], Begin)
    return tensors.answer({step: path / f"snapshots/{step}" for step in (0, 3)}, Tensors()), updates[0].parameters


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("method", METHODS)
def test_a_method_moves_the_numbers_that_its_training_moves(method: str, architecture: str, tmp_path: Path) -> None:
    (first, last), moves = trained(method, architecture, tmp_path)
    found = frozen.roles(first, last, method, place, HEAD)
    own = sum(role.numbers for role in found.values() if role.word == frozen.TRAINED)
    assert own + sum(role.beside for role in found.values()) == moves
    kept = {name for name, role in found.items() if role.word == frozen.FROZEN}
    began, ended = (dict(zip(each.names, each.hashes, strict=True)) for each in (first, last))
    assert all(began[name] == ended[name] for name in kept)
    assert not [name for name, role in found.items() if role.word == frozen.MOVED]
    assert bool(kept) == (method != "full" or architecture == "roformer")  # whose table of positions nothing trains


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_factors_stand_beside_the_matrix_they_change_and_add_up_to_it(architecture: str, tmp_path: Path) -> None:
    (first, last), _ = trained("lora", architecture, tmp_path)
    found = {name: role for name, role in frozen.roles(first, last, "lora", place, HEAD).items() if role.factors}
    kept = load_file(tmp_path / "snapshots/3" / files.FACTORS)
    assert sum(role.beside for role in found.values()) == sum(factor.numel() for factor in kept.values())
    shapes = dict(zip(last.names, last.shapes, strict=True))
    for name, role in found.items():
        assert role.word == frozen.CHANGED and role.exact and len(shapes[name]) == 2
        a, b = role.factors
        assert (a.letter, b.letter) == ("A", "B") and a.shape[0] == b.shape[1] == RANK
        assert sorted((a.shape[1], b.shape[0])) == sorted(shapes[name])
    moved = dict(zip(last.names, last.moved.tolist(), strict=True))
    assert all(moved[name] > 0 for name in found)


def test_lora_begins_with_the_matrices_of_its_parent(tmp_path: Path) -> None:
    """Also where one holds a -0, of which adding 0 makes 0."""
    parent = RunSpec("mlm", model=ModelSpec("bert"))
    stage = build(parent, None)
    with torch.no_grad():
        blocks(stage.model)[0].get_parameter("attention.self.query.weight")[0, 0] = -0.0
    stage.save(tmp_path / "0")
    given = RunSpec("sentiment", starting_from(parent), model=parent.model, objective=LabelsSpec(8, "lora", RANK))
    build(given, tmp_path / "0").save(tmp_path / "child/0")
    [theirs], [ours] = tensors.answer({0: tmp_path / "0"}, Tensors()), tensors.answer({0: tmp_path / "child/0"}, Tensors())
    assert {tensor.name for tensor in compared(theirs, ours) if tensor.fate == NEW} == {"classifier.weight", "classifier.bias"}


def drawn(method: str, path: Path) -> Network:
    (first, last), _ = trained(method, "bert", path)
    return network(None, {0: first, 3: last}, method)


def test_the_picture_says_it_of_every_layer_and_tensor(tmp_path: Path) -> None:
    pictures = {method: drawn(method, tmp_path / method) for method in METHODS}
    roles = {method: {layer["name"]: layer["role"] for layer in picture["layers"]} for method, picture in pictures.items()}
    assert set(roles["full"].values()) == {"trained"}
    assert roles["head"] == dict.fromkeys(roles["head"], "frozen") | {"head": "trained"}
    assert roles["last layer"] == roles["head"] | {"layer 2": "trained"}
    assert roles["lora"] == roles["head"] | {"layer 1": "frozen, LoRA", "layer 2": "frozen, LoRA"}
    layer = next(layer for layer in pictures["lora"]["layers"] if layer["name"] == "layer 1")
    factors = [factor for tensor in layer["tensors"] for factor in tensor["factors"]]
    assert layer["beside"] == f"A, B of rank 4 beside 6 matrices: {sum(prod(factor['shape']) for factor in factors):,} numbers"
    assert not any(layer["beside"] for layer in pictures["head"]["layers"])
    width, total = 64, sum(layer["numbers"] for layer in pictures["head"]["layers"])
    head = 2 * width + 2
    assert pictures["full"]["moves"] == f"Full fine-tuning moves {total:,} of {total:,} numbers."
    assert pictures["head"]["moves"].startswith(f"Fine-tuning on a frozen body moves {head} of {total:,} numbers. ")
    assert f"({total - head:,} numbers) are frozen: at step 3 the SHA-256 of step 0." in pictures["head"]["moves"]
    assert f" in factors of rank 4, {head} in the head." in pictures["lora"]["moves"]
    assert pictures["lora"]["moves"].endswith("12 matrices: at step 3 that of step 0 + 2·B·A, to the last bit.")


def test_a_t5_takes_all_with_it_and_trains_all() -> None:
    ours, theirs = (Recordings().folder(RunRef(spec.id, 0)) for spec in (preset("text2text"), preset("span")))
    [before] = tensors.answer({(last := theirs.snapshots()[-1]): theirs.snapshot(last)}, Tensors(last))
    steps = ours.snapshots()
    found = network(before, {each.step: each for each in tensors.answer({step: ours.snapshot(step) for step in steps}, Tensors())})
    assert {layer["role"] for layer in found["layers"]} == {"trained"} and found["left"] == []
    assert found["sums"]["new"]["tensors"] == 0 and found["sums"]["extended"]["tensors"] == 1  # the words that only tasks need


def test_a_table_that_no_method_trains_is_said_to_be_fixed(tmp_path: Path) -> None:
    (first, last), moves = trained("full", "roformer", tmp_path)
    told = network(None, {0: first, 3: last})["moves"]
    assert told.startswith(f"Full fine-tuning moves {moves:,} of ")
    assert told.endswith("numbers) is fixed: at step 3 the SHA-256 of step 0.") and " The table of positions (" in told


def test_a_tensor_that_should_be_frozen_and_is_not_is_told(tmp_path: Path) -> None:
    (first, last), _ = trained("full", "bert", tmp_path)
    picture = network(None, {0: first, 3: last}, "head")
    assert {layer["role"] for layer in picture["layers"]} == {"not frozen", "trained"}
    assert "should be frozen, and the SHA-256 is another." in picture["moves"]


def test_damaged_factors_are_a_sentence(tmp_path: Path) -> None:
    trained("lora", "bert", tmp_path)
    (tmp_path / "snapshots/3" / files.FACTORS).write_bytes(b"no tensors")
    with pytest.raises(ValueError, match="the factors of step 3 cannot be read"):
        tensors.answer({3: tmp_path / "snapshots/3"}, Tensors())
