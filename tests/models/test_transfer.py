"""Transfer copies exactly what it says: every hash is worked out again from the files, by other means."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from transformers import PreTrainedModel

from llmviz.core.settings import ModelSpec
from llmviz.models import causal, files, masked, transfer
from llmviz.text.tokenizers import word_level
from tests.small import shaken

CLASSES = ("negative", "positive")
TOKENIZER = word_level(["a", "b", "c"])
# architecture: tensors of the head that is new, by the class of transformers
NEW = {
    "roformer": {"classifier.weight", "classifier.bias"},
    "bert": {"classifier.weight", "classifier.bias"},
    "neox": {"score.weight"},
    "gpt2": {"score.weight"},
}
ARCHITECTURES = pytest.mark.parametrize("architecture", NEW)


def pretrained(architecture: str, seed: int = 1) -> PreTrainedModel:
    family = causal if architecture in ("neox", "gpt2") else masked
    return shaken(family.random_start(ModelSpec(architecture), TOKENIZER.get_vocab_size(), 32, seed), seed=2)


@pytest.fixture
def parent(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    files.save(pretrained(request.param), TOKENIZER, tmp_path / "parent")
    return tmp_path / "parent"


FAMILIES = pytest.mark.parametrize(("architecture", "parent"), [(name, name) for name in NEW], indirect=["parent"])


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each tensor of a snapshot, as float32."""
    with safe_open(folder / "model.safetensors", framework="np") as opened:
        return {name: hashlib.sha256(opened.get_tensor(name).astype("<f4").tobytes()).hexdigest() for name in opened.keys()}  # noqa: SIM118


@FAMILIES
def test_every_tensor_is_accounted_for_by_its_hash(architecture: str, parent: Path) -> None:
    child = transfer.classifier(files.load(parent), CLASSES)
    found = transfer.report(parent, child)
    theirs = hashes(parent)
    ours = {name: hashlib.sha256(tensor.numpy().astype("<f4").tobytes()).hexdigest() for name, tensor in child.state_dict().items()}
    assert {tensor.name: tensor.sha256 for tensor in found.copied} == {name: ours[name] for name in ours.keys() & theirs.keys()}
    assert {tensor.name: tensor.sha256 for tensor in found.copied + found.left} == theirs
    assert {tensor.name: tensor.sha256 for tensor in found.copied + found.new} == ours
    assert {tensor.name for tensor in found.new} == NEW[architecture]
    assert all(tensor.shape == tuple(child.state_dict()[tensor.name].shape) for tensor in found.copied + found.new)
    assert (found.parent, found.child) == (type(files.load(parent)).__name__, type(child).__name__)


@FAMILIES
def test_the_body_gives_what_the_parents_body_gave(architecture: str, parent: Path) -> None:
    start = files.load(parent).eval()
    child = transfer.classifier(start, CLASSES).eval()
    ids = torch.tensor([[2, 5, 6, 7, 3]])
    with torch.no_grad():
        assert torch.equal(start.base_model(input_ids=ids).last_hidden_state, child.base_model(input_ids=ids).last_hidden_state)
        assert child(input_ids=ids).logits.shape == ((1, 5, 2) if architecture in ("roformer", "bert") else (1, 2))


@FAMILIES
def test_a_kept_classifier_is_itself_again_and_names_its_classes(architecture: str, parent: Path, tmp_path: Path) -> None:
    child = transfer.classifier(files.load(parent), CLASSES)
    files.save(child, TOKENIZER, tmp_path / "child")
    again = files.load(tmp_path / "child")
    assert type(again) is type(child)
    assert again.config.id2label == {0: "negative", 1: "positive"}
    kept = hashes(tmp_path / "child")
    assert all(
        kept[tensor.name] == tensor.sha256 for tensor in transfer.report(parent, child).copied
    )  # fp16 loses nothing of an fp16 parent


@ARCHITECTURES
def test_the_head_begins_at_zero(architecture: str) -> None:
    child = transfer.classifier(pretrained(architecture), CLASSES).state_dict()
    assert all(not child[name].any() for name in NEW[architecture])
    assert all(tensor.any() for name, tensor in child.items() if name not in NEW[architecture] and name.endswith("weight"))


def test_without_a_parent_all_is_new() -> None:
    child = transfer.classifier(pretrained("roformer"), CLASSES)
    found = transfer.report(None, child)
    assert (found.parent, found.copied, found.left) == ("", (), ())
    assert {tensor.name for tensor in found.new} == set(child.state_dict())


@pytest.mark.parametrize("parent", ["roformer"], indirect=True)
def test_a_body_that_is_not_the_parents_is_refused(parent: Path) -> None:
    child = transfer.classifier(files.load(parent), CLASSES)
    with torch.no_grad():
        child.state_dict()["roformer.embeddings.word_embeddings.weight"][0, 0] += 1e-3
    with pytest.raises(ValueError, match=r"word_embeddings.weight is not what the parent's snapshot holds"):
        transfer.report(parent, child)


@pytest.mark.parametrize("architecture", ["roformer", "bert"])
def test_new_words_stand_behind_the_parents_whose_rows_are_its_own(architecture: str, tmp_path: Path) -> None:
    start = pretrained(architecture)
    files.save(start, TOKENIZER, tmp_path / "parent")
    old = TOKENIZER.get_vocab_size()
    child = transfer.reader(files.load(tmp_path / "parent"), old + 3, seed=5)
    found = transfer.report(tmp_path / "parent", child)
    name = f"{start.base_model_prefix}.embeddings.word_embeddings.weight"
    words, theirs = child.state_dict()[name], hashes(tmp_path / "parent")
    assert [(tensor.name, tensor.shape, tensor.sha256) for tensor in found.extended] == [(name, tuple(words.shape), theirs[name])]
    assert {tensor.name: tensor.sha256 for tensor in found.copied + found.extended + found.left} == theirs
    assert {tensor.name for tensor in found.new} == {"qa_outputs.weight", "qa_outputs.bias"}
    assert not any(child.state_dict()[tensor.name].any() for tensor in found.new)
    assert words[old:].std() == pytest.approx(child.config.initializer_range, rel=0.3)
    again, other = (transfer.reader(files.load(tmp_path / "parent"), old + 3, seed).state_dict()[name] for seed in (5, 6))
    assert torch.equal(words, again) and not torch.equal(words[old:], other[old:]) and torch.equal(words[:old], other[:old])
    with torch.no_grad():
        words[0, 0] += 1e-3
    with pytest.raises(ValueError, match=r"word_embeddings.weight is not what the parent's snapshot holds"):
        transfer.report(tmp_path / "parent", child)
    transfer.write(found, tmp_path)
    assert transfer.read(tmp_path) == found


def test_only_a_masked_language_model_becomes_a_reader() -> None:
    with pytest.raises(ValueError, match="starts from a masked language model, not from a GPT2LMHeadModel"):
        transfer.reader(pretrained("gpt2"), 20, seed=0)


def test_a_classifier_is_no_start_for_another() -> None:
    child = transfer.classifier(pretrained("roformer"), CLASSES)
    with pytest.raises(ValueError, match="starts from a language model, not from a RoFormerForTokenClassification"):
        transfer.classifier(child, CLASSES)


@pytest.mark.parametrize("parent", ["roformer"], indirect=True)
def test_the_report_is_kept_and_read(parent: Path, tmp_path: Path) -> None:
    found = transfer.report(parent, transfer.classifier(files.load(parent), CLASSES))
    transfer.write(found, tmp_path)
    assert transfer.read(tmp_path) == found
    for damage in ("", "null", "[]", "{}", json.dumps({"parent": "a", "child": "b", "copied": [1], "new": [], "left": []})):
        (tmp_path / transfer.FILE).write_text(damage, encoding="utf-8")
        with pytest.raises(ValueError, match="does not say what it took from its parent"):
            transfer.read(tmp_path)
    with pytest.raises(ValueError, match="there is no model in nowhere"):
        transfer.report(tmp_path / "nowhere", transfer.classifier(pretrained("roformer"), CLASSES))


@FAMILIES
def test_nothing_is_said_meanwhile(architecture: str, parent: Path, capfd: pytest.CaptureFixture[str]) -> None:
    transfer.classifier(files.load(parent), CLASSES)
    said = capfd.readouterr()
    assert said.out == said.err == ""
