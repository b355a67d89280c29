"""Folders that hold another model than they say: a sentence, and nothing in them is run."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from llmviz.core.questions.cloze import Cloze
from llmviz.core.settings import ModelSpec
from llmviz.inspect.masked import answer
from llmviz.models import files
from llmviz.models.masked import random_start
from llmviz.text.tokenizers import word_level

QUERY = "roformer.encoder.layer.0.attention.self.query.weight"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "snapshots" / "7"
    files.save(random_start(ModelSpec(), 8, 16, seed=1), word_level(["a", "b", "c"]), made)
    return made


def refused(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"^there is no model in 7|^the model in 7 lacks weights"):
        files.load(folder)
    with pytest.raises(ValueError, match=r"of step 7 "):
        answer({7: folder}, Cloze("a b c", (1,)))


@pytest.mark.parametrize("kept", ["a weight is missing", "a weight has another shape", "nothing fits"])
def test_weights_of_another_model(kept: str, folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    foreign = {
        "a weight is missing": {name: weight for name, weight in weights.items() if name != QUERY},
        "a weight has another shape": {**weights, QUERY: torch.zeros(3, 3)},
        "nothing fits": {"x": torch.zeros(3)},
    }
    save_file(foreign[kept], folder / "model.safetensors", {"format": "pt"})
    refused(folder)


@pytest.mark.parametrize("change", [{"model_type": "llama"}, {"model_type": "nonsense"}, {"hidden_size": 63}], ids=str)
def test_a_description_of_another_model(change: dict[str, object], folder: Path) -> None:
    written = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(written | change), encoding="utf-8")
    refused(folder)


def test_code_beside_the_weights_is_neither_run_nor_asked_about(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("somebody was asked"))
    (folder / "evil.py").write_text("raise SystemExit('it was run')", encoding="utf-8")
    written = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    code = {"auto_map": {"AutoConfig": "evil.C", "AutoModelForMaskedLM": "evil.M"}, "model_type": "evil"}
    (folder / "config.json").write_text(json.dumps(written | code), encoding="utf-8")
    refused(folder)
