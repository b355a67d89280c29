"""What goes out of the program is read again as it was kept."""

from pathlib import Path

import torch
from safetensors.numpy import load_file, save_file
from transformers import AutoModelForMaskedLM

from llmviz.core.eight_bits import narrowed
from llmviz.core.settings import ModelSpec
from llmviz.models import files, masked
from llmviz.runs.export import widen
from llmviz.text.tokenizers import word_level


def test_an_export_is_in_single_precision_and_holds_the_numbers_that_were_kept(tmp_path: Path) -> None:
    tokenizer = word_level(["the", "owl", "hoots"])
    model = masked.random_start(ModelSpec(), tokenizer.get_vocab_size(), 16, seed=1)
    files.save(model, tokenizer, tmp_path)
    widen(tmp_path / "model.safetensors")
    loaded = AutoModelForMaskedLM.from_pretrained(tmp_path, local_files_only=True)
    assert {weight.dtype for weight in loaded.parameters()} == {torch.float32}
    ids = torch.tensor([[2, 5, 6, 7, 3]])
    with torch.no_grad():
        kept = model.half().float().eval()
        torch.testing.assert_close(loaded.eval()(ids).logits, kept(ids).logits, atol=1e-5, rtol=0)


def test_weights_in_eight_bits_go_out_as_numbers_that_anybody_reads(tmp_path: Path) -> None:
    tokenizer = word_level(["the", "owl", "hoots"])
    model = masked.random_start(ModelSpec(), tokenizer.get_vocab_size(), 16, seed=1)
    files.save(model, tokenizer, tmp_path)
    file = tmp_path / "model.safetensors"
    save_file(narrowed(load_file(file)), file, {"format": "pt"})
    kept = files.load(tmp_path)
    assert file.stat().st_size < 0.6 * sum(2 * weight.numel() for weight in model.parameters())
    widen(file)
    loaded = AutoModelForMaskedLM.from_pretrained(tmp_path, local_files_only=True)
    ids = torch.tensor([[2, 5, 6, 7, 3]])
    with torch.no_grad():
        ours, theirs, before = (each.eval()(ids).logits for each in (kept, loaded, model))
    torch.testing.assert_close(theirs, ours, atol=1e-5, rtol=0)
    torch.testing.assert_close(ours, before, atol=0.02 * float(before.abs().max()), rtol=0)
