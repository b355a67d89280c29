"""The head a model had before its task: kept beside its weights, and put back."""

import copy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel

from llmviz.core.settings import ModelSpec
from llmviz.models import causal, files, masked, old_head, transfer
from llmviz.text.tokenizers import word_level

WORDS = ["the", "owl", "hoots", "."]
IDS = torch.tensor([[2, 5, 6, 7, 8, 3]])


def language_model(architecture: str, seed: int = 0) -> PreTrainedModel:
    random = masked.random_start if architecture in ("roformer", "bert") else causal.random_start
    return random(ModelSpec(architecture), word_level(WORDS).get_vocab_size(), 16, seed)


def fine_tuned(parent: PreTrainedModel, folder: Path) -> PreTrainedModel:
    """A classifier with the parent's body, moved a little, kept in this folder with the parent's head."""
    child = transfer.classifier(copy.deepcopy(parent), ("negative", "positive"))  # it takes the tensors of what it starts from
    with torch.no_grad():
        for weight in child.base_model.parameters():
            weight.add_(0.01)
    files.save(child, word_level(WORDS), folder)
    old_head.save(parent, folder)
    return child


@pytest.mark.parametrize("architecture", ["roformer", "bert"])
def test_put_back_it_reads_the_body_as_it_is_now(architecture: str, tmp_path: Path) -> None:
    parent = language_model(architecture)
    child = fine_tuned(parent, tmp_path / "1")
    expected = language_model(architecture, seed=1)  # every weight is replaced, so its own tell nothing
    body = {f"{expected.base_model_prefix}.{name}": tensor for name, tensor in child.base_model.state_dict().items()}
    head = {name: tensor for name, tensor in parent.state_dict().items() if name.startswith("cls.") and "decoder.weight" not in name}
    expected.load_state_dict({**body, **head}, strict=False)
    expected.tie_weights()
    expected.eval()
    found = old_head.load(tmp_path / "1")
    assert torch.allclose(found(IDS).logits, expected(IDS).logits, atol=0.02)  # kept in half precision
    assert not torch.allclose(found(IDS).logits, parent.eval()(IDS).logits, atol=0.02)
    assert (tmp_path / "1" / old_head.FILE).stat().st_size < 20_000


def test_a_gpt_has_no_head_beside_its_embeddings(tmp_path: Path) -> None:
    fine_tuned(language_model("gpt2"), tmp_path / "1")
    assert not (tmp_path / "1" / old_head.FILE).exists()
    with pytest.raises(ValueError, match="keeps no old head"):
        old_head.load(tmp_path / "1")


def test_the_head_of_another_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    fine_tuned(language_model("roformer"), tmp_path / "1")
    file = tmp_path / "1" / old_head.FILE
    kept = load_file(file)
    save_file({**kept, "cls.predictions.transform.dense.weight": torch.zeros(3, 3)}, file)
    with pytest.raises(ValueError, match="the old head kept in 1 cannot be put back"):
        old_head.load(tmp_path / "1")
    save_file({name: tensor for name, tensor in kept.items() if "LayerNorm" not in name}, file)
    with pytest.raises(ValueError, match="that of another model"):
        old_head.load(tmp_path / "1")
    file.write_bytes(b"no weights")
    with pytest.raises(ValueError, match="cannot be put back"):
        old_head.load(tmp_path / "1")
