"""A checkpoint that was adopted says of every text what the original says, in our order of the vocabulary."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.inspect import snapshots
from llmviz.models import adopted
from llmviz.models.adopted import adopt
from llmviz.text.special import CLS, SEP, SPECIAL
from llmviz.text.tokenizers import load_tokenizer, pieces, spelling
from tests import checkpoints
from tests.checkpoints import DIALOGUE, TEXT

BERT_ORDER = ("[MASK]", "[UNK]", "[SEP]", "[PAD]", "[CLS]")
Made = tuple[PreTrainedModel, Tokenizer, Mapping[str, str]]  # the original, its tokenizer, and which entry plays which role


def llama() -> Made:
    tokenizer = checkpoints.byte_level(*DIALOGUE)
    return checkpoints.llama(tokenizer, more_rows=5), tokenizer, {"<|endoftext|>": "[CLS]", "<|im_end|>": "[SEP]"}


def tied_llama() -> Made:
    """Heads of a size of their own; and nothing to spare but bytes that no text contains."""
    tokenizer = checkpoints.byte_level(*DIALOGUE)
    given = {"<|endoftext|>": "[CLS]", "<|im_end|>": "[SEP]", "ÿ": "[PAD]", "þ": "[UNK]", "ý": "[MASK]"}
    return checkpoints.llama(tokenizer, tie_word_embeddings=True, head_dim=12), tokenizer, given


def gpt2() -> Made:
    tokenizer = checkpoints.byte_level("<|endoftext|>")
    given = {"<|endoftext|>": "[CLS]", "ÿ": "[PAD]", "þ": "[UNK]", "ý": "[SEP]", "ü": "[MASK]"}
    return checkpoints.gpt2(tokenizer), tokenizer, given


def neox() -> Made:
    """Its special tokens were added behind the vocabulary, and there are rows without an entry."""
    tokenizer = checkpoints.byte_level(behind=("<|endoftext|>", "<|padding|>", "<pad>"))
    return checkpoints.neox(tokenizer), tokenizer, {"<|endoftext|>": "[CLS]", "<pad>": "[PAD]"}


def bert() -> Made:
    tokenizer = checkpoints.wordpiece(BERT_ORDER)
    return checkpoints.bert(tokenizer), tokenizer, {}


def bert_with_other_names() -> Made:
    tokenizer = checkpoints.wordpiece(("<mask>", "oov", "</s>", "<pad>", "<s>"))
    return checkpoints.bert(tokenizer), tokenizer, {"<mask>": "[MASK]", "oov": "[UNK]", "</s>": "[SEP]", "<pad>": "[PAD]", "<s>": "[CLS]"}


ALL = pytest.mark.parametrize("made", [llama, tied_llama, gpt2, neox, bert, bert_with_other_names])


def check(source: Path, place: Path, model: PreTrainedModel, before: Tokenizer, called: Mapping[str, str], off: float = 1e-5) -> None:
    """The same text, the same logits; up to the order of the vocabulary, and the names of five entries."""
    adopt(source, place)
    snapshot = place / "snapshots" / "0"
    after, tokenizer = snapshots.model(snapshot), load_tokenizer(place / "tokenizer.json")
    assert type(after) is type(model)
    assert [tokenizer.id_to_token(id) for id in range(5)] == list(SPECIAL)
    assert [token.content for _, token in sorted(tokenizer.get_added_tokens_decoder().items())][:5] == list(SPECIAL)
    assert after.config.vocab_size == tokenizer.get_vocab_size() == len(spelling(tokenizer)) == len(snapshots.spelt(snapshot))

    entries = before.get_vocab(with_added_tokens=True)
    placed = tokenizer.get_vocab()
    place_of = {old: placed[called.get(entry, entry)] for entry, old in entries.items()}
    assert len(set(place_of.values())) == len(entries)
    ordinary = [place_of[id] for id in sorted(place_of) if place_of[id] >= 5]
    assert ordinary == sorted(ordinary), "the others stand as they stood"

    before.no_truncation()
    ids = before.encode(TEXT, add_special_tokens=False).ids
    read = [piece.id for piece in pieces(tokenizer, TEXT)]
    assert read == [place_of[id] for id in ids] and len(read) > 12
    assert tokenizer.encode(TEXT).ids == [CLS, *read, SEP]
    if model.base_model_prefix != "bert":  # BERT's wordpieces lose capitals
        assert tokenizer.decode(read) == TEXT

    begins = next(old for old, new in place_of.items() if new == CLS)
    with torch.no_grad():
        theirs = model(input_ids=torch.tensor([[begins, *ids]])).logits[0]
        ours = after(input_ids=torch.tensor([[CLS, *read]])).logits[0]
    assert theirs.std() > 0.1
    old, new = zip(*place_of.items(), strict=True)
    assert (theirs[:, list(old)] - ours[:, list(new)]).abs().max() < off


@ALL
def test_an_adopted_model_says_what_the_original_says(made: Callable[[], Made], tmp_path: Path) -> None:
    model, tokenizer, called = made()
    source = checkpoints.save(model, tokenizer, tmp_path / "source")
    check(source, tmp_path / "place", model, tokenizer, called)


def test_weights_may_lie_in_several_files(tmp_path: Path) -> None:
    model, tokenizer, called = llama()
    source = checkpoints.save(model, tokenizer, tmp_path / "source", max_shard_size="90KB")
    assert len(list(source.glob("*.safetensors"))) == 2 and (source / "model.safetensors.index.json").is_file()
    check(source, tmp_path / "place", model, tokenizer, called)


def test_a_checkpoint_in_bfloat16_is_read_as_it_is(tmp_path: Path) -> None:
    model, tokenizer, called = llama()
    source = checkpoints.save(model.bfloat16(), tokenizer, tmp_path / "source")
    original = type(model).from_pretrained(source, dtype=torch.float32).eval()
    check(source, tmp_path / "place", original, tokenizer, called)


@pytest.mark.parametrize(
    ("made", "old"),
    [
        (gpt2, lambda name: name.removeprefix("transformer.")),  # as GPT-2's own checkpoint has them
        (bert, lambda name: name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")),
    ],
)
def test_the_names_of_old_checkpoints_are_understood(made: Callable[[], Made], old: Callable[[str], str], tmp_path: Path) -> None:
    model, tokenizer, called = made()
    source = checkpoints.save(model, tokenizer, tmp_path / "source")
    weights = load_file(source / "model.safetensors")
    renamed = {old(name): tensor for name, tensor in weights.items()}
    assert renamed.keys() != weights.keys()
    save_file({**renamed, "h.0.attn.masked_bias": torch.tensor(-1e4)}, source / "model.safetensors", {"format": "pt"})
    check(source, tmp_path / "place", model, tokenizer, called)


def test_the_fields_of_an_old_configuration_are_understood(tmp_path: Path) -> None:
    """Pythia's says in fields of their own by how much of a head, and how fast, positions turn it."""
    model, tokenizer, called = neox()
    source = checkpoints.save(model, tokenizer, tmp_path / "source")
    written = json.loads((source / "config.json").read_text())
    del written["rope_parameters"]
    (source / "config.json").write_text(json.dumps({**written, "rotary_pct": 0.5, "rotary_emb_base": 10_000}))
    check(source, tmp_path / "place", model, tokenizer, called)


def test_all_snapshots_at_once_and_attention_are_to_be_had_of_it(tmp_path: Path) -> None:
    model, tokenizer, _ = llama()
    adopt(checkpoints.save(model, tokenizer, tmp_path / "source"), tmp_path / "place")
    snapshot = tmp_path / "place" / "snapshots" / "0"
    assert snapshots.names_next(snapshot) and snapshots.context(snapshot) == 64
    found = snapshots.attention([snapshot], torch.tensor([[CLS, 9, 8, 7]]))
    assert found.shape == (1, 1, 2, 4, 4, 4)
    assert torch.allclose(found.sum(-1), torch.ones(()), atol=1e-5)
    assert found[0, 0, 0, 0, 0, 1:].abs().max() == 0, "it looks back only"


EVIL = """from pathlib import Path
Path({marker!r}).write_text("run")
class Evil: pass
"""


def test_no_code_in_the_folder_is_run(tmp_path: Path) -> None:
    model, tokenizer, called = llama()
    source, marker = checkpoints.save(model, tokenizer, tmp_path / "source"), tmp_path / "marker"
    for name in ("modeling_evil", "configuration_evil", "tokenization_evil", "__init__", "sitecustomize"):
        (source / f"{name}.py").write_text(EVIL.format(marker=str(marker)))
    written = json.loads((source / "config.json").read_text())
    written["auto_map"] = {"AutoModelForCausalLM": "modeling_evil.Evil", "AutoConfig": "configuration_evil.Evil"}
    elsewhere: dict[str, Any] = {"attn_implementation": "some/kernel", "_attn_implementation": "some/kernel", "num_labels": 10**12}
    written |= {"trust_remote_code": True, "quantization_config": {"quant_method": "gptq", "bits": 4}, "return_dict": False, **elsewhere}
    (source / "config.json").write_text(json.dumps(written))
    check(source, tmp_path / "place", model, tokenizer, called)
    told = json.loads((tmp_path / "place" / "snapshots" / "0" / "config.json").read_text())
    assert not told.keys() & {"auto_map", "trust_remote_code", "quantization_config", "num_labels", "id2label"}
    assert not marker.exists()


def test_what_cannot_be_written_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model, tokenizer, _ = llama()
    source = checkpoints.save(model, tokenizer, tmp_path / "source")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(model.config), "save_pretrained", full)  # by then the weights are written
    with pytest.raises(ValueError, match=r"^place cannot be written \(OSError\)$"):
        adopt(source, tmp_path / "place")
    assert not (tmp_path / "place").exists()
    (tmp_path / "there").mkdir()
    with pytest.raises(ValueError, match=r"^there is there already$"):
        adopt(source, tmp_path / "there")
    assert (tmp_path / "there").is_dir()


def test_the_command_line_says_in_a_sentence_why_not(tmp_path: Path) -> None:
    model, tokenizer, _ = llama()
    source = checkpoints.save(model, tokenizer, tmp_path / "source")
    command = [sys.executable, "-m", adopted.__name__, str(source), str(tmp_path / "place")]

    whole = (source / "model.safetensors").read_bytes()
    (source / "model.safetensors").write_bytes(whole[:-1000])
    first = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert first.returncode == 1 and first.stdout == ""
    assert first.stderr.splitlines() == ["model.safetensors is no whole safetensors file (SafetensorError)"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]
    (source / "model.safetensors").write_bytes(whole)
    assert adopted.main(command[-2:]) == 0
    assert sorted(path.name for path in (tmp_path / "place").rglob("*.*")) == ["config.json", "model.safetensors", "tokenizer.json"]


def test_without_two_arguments_it_says_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert adopted.main(["one"]) == 2
    assert "SOURCE PLACE" in capsys.readouterr().err
