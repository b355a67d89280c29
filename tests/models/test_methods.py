"""Methods of fine-tuning on real tiny classifiers: what moves, what stays, and that merged weights are the model."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedModel

from llmviz.core.experiment import GPTS
from llmviz.core.settings import METHODS, LabelsSpec, ModelSpec, TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.core.update import Begin, Step
from llmviz.experiments.building import build
from llmviz.models import causal, files, masked, methods, t5, transfer
from llmviz.models.masked import parameters
from llmviz.training.loop import Training
from tests.small import digest, little_to_evaluate, shaken

CLASSES = ("negative", "positive")
ARCHITECTURES = pytest.mark.parametrize("architecture", ["roformer", "bert", "neox", "gpt2"])
HEADS = ("classifier.", "score.")
Tuned = Callable[..., RunSpec]


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    little_to_evaluate(monkeypatch)


def classifier(architecture: str, seed: int = 3) -> PreTrainedModel:
    start = causal.random_start if architecture in GPTS else masked.random_start
    return transfer.classifier(start(ModelSpec(architecture), 50, 16, seed), CLASSES)


def hashes(model: PreTrainedModel) -> dict[str, str]:
    return {name: hashlib.sha256(weight.detach().numpy().tobytes()).hexdigest() for name, weight in model.state_dict().items()}


def spec(method: str, architecture: str = "roformer", rank: int = 4, optimizer: str = "adamw", steps: int = 5) -> RunSpec:
    train = TrainSpec(steps=steps, batch_size=4, optimizer=optimizer, learning_rate=1e-2)
    return RunSpec("sentiment", model=ModelSpec(architecture), train=train, objective=LabelsSpec(8, method, rank))


def moves(name: str, method: str) -> bool:
    """Whether the tensor of this name is trained by this method."""
    if name.startswith(HEADS):
        return True
    return {"head": False, "last layer": ".1." in name, "lora": "lora_" in name}[method]


@ARCHITECTURES
@pytest.mark.parametrize("method", METHODS[1:])
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_after_five_steps_only_what_the_method_trains_has_moved(architecture: str, method: str, optimizer: str) -> None:
    stage = build(spec(method, architecture, optimizer=optimizer), None)
    before = hashes(stage.model)
    list(Training(stage, stage.spec.train).updates())  # type: ignore[attr-defined] # of a stage that learns labels
    moved = {name for name, found in hashes(stage.model).items() if found != before[name]}
    trained = {name for name, weight in stage.model.named_parameters() if weight.requires_grad}
    assert trained == {name for name in before if moves(name, method)}
    # Keys' biases shift all scores of a query alike, which changes nothing: their gradient is zero but for rounding.
    assert moved <= trained and all("key" in name for name in trained - moved)


@pytest.mark.parametrize("method", METHODS)
def test_only_what_is_trained_goes_to_an_optimiser(method: str) -> None:
    for optimizer in ("adamw", "muon"):
        stage = build(spec(method, optimizer=optimizer), None)
        trained = {name for name, weight in stage.model.named_parameters() if weight.requires_grad}
        assert set(Training(stage, spec(method, optimizer=optimizer).train).movers()) == trained


@ARCHITECTURES
@pytest.mark.parametrize("rank", [1, 8, 64])
def test_merged_logits_are_those_with_factors_beside(architecture: str, rank: int) -> None:
    plain = classifier(architecture)
    model = shaken(methods.prepared(classifier(architecture), "lora", rank, seed=0), seed=1)
    ids = torch.randint(5, 50, (3, 12), generator=torch.Generator().manual_seed(0))
    weights = methods.merged(model)
    assert weights.keys() == plain.state_dict().keys()
    assert any(not torch.equal(weights[name], tensor) for name, tensor in plain.state_dict().items())
    plain.load_state_dict(weights)
    with torch.no_grad():
        torch.testing.assert_close(plain.eval()(input_ids=ids).logits, model.eval()(input_ids=ids).logits, atol=1e-5, rtol=1e-5)


@ARCHITECTURES
def test_lora_begins_as_the_model_it_changes(architecture: str) -> None:
    before = classifier(architecture).state_dict()
    weights = methods.merged(methods.prepared(classifier(architecture), "lora", 8, seed=0))
    assert all(torch.equal(weights[name], tensor) for name, tensor in before.items())


@ARCHITECTURES
def test_lora_changes_every_matrix_of_every_layer_and_no_other(architecture: str) -> None:
    model = methods.prepared(classifier(architecture), "lora", 2, seed=0)
    changed = {name.partition(methods.BASE)[0] for name in model.state_dict() if methods.BASE in name}
    matrices = {name.removesuffix(".weight") for name, weight in classifier(architecture).named_parameters() if weight.ndim == 2}
    assert changed == {name for name in matrices if ".0." in name or ".1." in name}


def test_the_counts_are_those_on_paper() -> None:
    width, layers, rank = 64, 2, 8
    body = parameters(methods.prepared(classifier("bert"), "full", rank, 0))
    head = width * len(CLASSES) + len(CLASSES)
    layer = 12 * width**2 + 13 * width  # weights, biases and two norms
    matrices = 4 * 2 * width + 2 * (width + 4 * width)  # rows and columns of the six
    counts = {method: parameters(methods.prepared(classifier("bert"), method, rank, 0)) for method in METHODS[1:]}
    assert counts == {"head": head, "last layer": layer + head, "lora": layers * rank * matrices + head}
    assert counts["head"] < counts["lora"] < counts["last layer"] < body


def test_factors_are_a_function_of_the_seed_and_nothing_outside_is_drawn() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one, same, other = (digest(methods.prepared(classifier("roformer"), "lora", 4, seed)) for seed in (1, 1, 2))
    assert one == same != other
    assert torch.equal(torch.get_rng_state(), before)


def test_what_suits_no_model_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="Method: 'adapter' is not one of full, head, last layer, lora"):
        LabelsSpec(method="adapter")
    with pytest.raises(ValueError, match="Rank: 65 is outside 1"):
        LabelsSpec(method="lora", rank=65)
    writer = t5.random_start(ModelSpec("t5"), 50, 16, 0)
    with pytest.raises(ValueError, match="Method: a T5ForConditionalGeneration has no head of its own"):
        methods.prepared(writer, "lora", 8, 0)


def test_only_lora_has_a_rank() -> None:
    """So that equal runs have one name, whatever a form that hides nothing was filled in with."""
    assert LabelsSpec(method="head", rank=3) == LabelsSpec(method="head") != LabelsSpec(method="lora")
    assert LabelsSpec(16) == LabelsSpec(16, rank=3)
    assert replace(spec("lora", rank=4), objective=LabelsSpec(8, "lora", 5)).id != spec("lora", rank=4).id


@ARCHITECTURES
@pytest.mark.parametrize("method", METHODS)
def test_a_run_that_goes_on_ends_at_the_same_weights(architecture: str, method: str, tmp_path: Path) -> None:
    given, file = spec(method, architecture, steps=4), tmp_path / "checkpoint"
    made = build(given, None)
    training = Training(made, given.train)
    for update in training.updates():
        if isinstance(update, Step) and update.step == 2:
            training.save_checkpoint(file, {})
    again = build(given, None)
    resumed = Training(again, given.train)
    resumed.load_checkpoint(file)
    list(resumed.updates())
    assert hashes(again.model) == hashes(made.model)


@pytest.mark.parametrize("method", METHODS)
def test_a_run_begins_by_saying_how_much_is_trained(method: str) -> None:
    stage = build(spec(method), None)
    begin = next(Training(stage, spec(method).train).updates())
    assert isinstance(begin, Begin)
    assert begin.parameters == sum(weight.numel() for name, weight in stage.model.named_parameters() if weight.requires_grad)


@ARCHITECTURES
def test_a_snapshot_is_a_plain_model_and_a_training_may_begin_from_it(architecture: str, tmp_path: Path) -> None:
    given = spec("lora", architecture)
    stage = build(given, None)
    list(Training(stage, given.train).updates())
    stage.save(tmp_path / "5")
    read = files.load(tmp_path / "5")
    weights = methods.merged(stage.model)
    assert read.state_dict().keys() == weights.keys() and not methods.factors(read)
    assert all(torch.allclose(tensor, weights[name], atol=1e-3, rtol=1e-3) for name, tensor in read.state_dict().items())  # fp16
    again = build(given, None)
    Training(again, given.train).load_snapshot(tmp_path / "5", 5)
    assert all(torch.equal(tensor, methods.factors(stage.model)[name]) for name, tensor in methods.factors(again.model).items())
    with pytest.raises(ValueError, match="the weights kept in 5 are those of another model"):
        Training(build(spec("lora", architecture, rank=2), None), given.train).load_snapshot(tmp_path / "5", 5)
