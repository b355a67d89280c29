from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForMaskedLM, AutoTokenizer

from llmviz.core.settings import ModelSpec
from llmviz.models import files
from llmviz.models.masked import random_start
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import word_level
from tests.small import shaken

SENTENCE = "the capital of France is [MASK] ."
MODELS = pytest.mark.parametrize(("architecture", "size"), [("roformer", "0.1M"), ("bert", "0.1M"), ("roformer", "0.3M")])


@MODELS
def test_what_is_saved_transformers_reads(architecture: str, size: str, tmp_path: Path) -> None:
    tokenizer = word_level(words())
    model = shaken(random_start(ModelSpec(architecture, size), tokenizer.get_vocab_size(), 32, seed=1), seed=2).eval()
    files.save(model, tokenizer, tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert {path.name for path in folder.iterdir()} == {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    kept = load_file(folder / "model.safetensors")
    assert {tensor.dtype for tensor in kept.values()} == {torch.float16}
    assert not set(kept) & set(model.all_tied_weights_keys)

    theirs = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
    reader = AutoTokenizer.from_pretrained(folder)
    asked = reader(SENTENCE, return_tensors="pt")
    assert asked["input_ids"][0].tolist() == tokenizer.encode(SENTENCE).ids
    assert reader.mask_token_id == tokenizer.token_to_id("[MASK]") and reader.pad_token_id == 0
    assert reader.decode(asked["input_ids"][0], skip_special_tokens=True) == "the capital of France is."
    with torch.no_grad():
        before = model(input_ids=asked["input_ids"]).logits
        after = theirs(**asked).logits
    assert (before - after).abs().max() < 0.02
    assert theirs.get_input_embeddings().weight is theirs.get_output_embeddings().weight

    again = files.load(folder)
    assert type(again) is type(model)
    for name, tensor in again.state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, model.state_dict()[name].half().float()), name
    with torch.no_grad():
        assert torch.equal(again.eval()(**asked).logits, after)


@MODELS
def test_saved_again_it_is_the_same_file(architecture: str, size: str, tmp_path: Path) -> None:
    tokenizer = word_level(words())
    model = random_start(ModelSpec(architecture, size), tokenizer.get_vocab_size(), 32, seed=1)
    files.save(model, tokenizer, tmp_path / "one")
    files.save(files.load(tmp_path / "one"), tokenizer, tmp_path / "two")
    assert (tmp_path / "one" / "model.safetensors").read_bytes() == (tmp_path / "two" / "model.safetensors").read_bytes()


def test_saving_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    model = random_start(ModelSpec(), 50, 32, seed=1)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    files.save(model, word_level(["a", "b"]), tmp_path)
    assert all(torch.equal(tensor, before[name]) and tensor.dtype == torch.float32 for name, tensor in model.state_dict().items())


@pytest.mark.parametrize("missing", ["folder", "weights", "config"])
def test_a_folder_without_a_model_is_a_sentence(missing: str, tmp_path: Path) -> None:
    folder = tmp_path / "snapshot"
    if missing != "folder":
        files.save(random_start(ModelSpec(), 50, 32, seed=1), word_level(["a", "b"]), folder)
        (folder / ("config.json" if missing == "config" else "model.safetensors")).unlink()
    with pytest.raises(ValueError, match="there is no model in snapshot"):
        files.load(folder)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_damaged_file_is_a_sentence(name: str, tmp_path: Path) -> None:
    files.save(random_start(ModelSpec(), 50, 32, seed=1), word_level(["a", "b"]), tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="there is no model in"):
        files.load(tmp_path)
