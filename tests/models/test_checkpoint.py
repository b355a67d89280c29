"""What is no checkpoint, or none that this program reads, is refused in one sentence, before it costs memory."""

import json
import os
import pickle
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from llmviz.models import checkpoint
from llmviz.models.adopted import adopt
from tests import checkpoints
from tests.checkpoints import DIALOGUE

Damage = Callable[[Path], object]
NORM = "model.norm.weight"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer = checkpoints.byte_level(*DIALOGUE)
    return checkpoints.save(checkpoints.llama(tokenizer), tokenizer, tmp_path_factory.mktemp("whole"))


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of a whole checkpoint, to be damaged."""
    return shutil.copytree(whole, tmp_path / "source")


def refused(folder: Path, sentence: str) -> None:
    place = folder.with_name("place")
    with pytest.raises(ValueError) as problem:
        adopt(folder, place)
    assert re.fullmatch(sentence, str(problem.value)), str(problem.value)
    assert "\n" not in str(problem.value) and len(str(problem.value)) < 250
    assert not place.exists()


def says(**changes: Any) -> Damage:
    """config.json says something else."""

    def damage(folder: Path) -> None:
        file = folder / "config.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))

    return damage


def writes(name: str, content: str | bytes) -> Damage:
    return lambda folder: (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def lacks(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def holds(**changes: torch.Tensor | None) -> Damage:
    """model.safetensors holds another tensor under a name, or none."""

    def damage(folder: Path) -> None:
        file = folder / "model.safetensors"
        changed = {**load_file(file), **{name.replace("__", "."): tensor for name, tensor in changes.items()}}
        save_file({name: tensor for name, tensor in changed.items() if tensor is not None}, file, {"format": "pt"})

    return damage


def norm(value: torch.Tensor) -> Damage:
    return holds(model__norm__weight=value)


def reads(tokenizer: Tokenizer) -> Damage:
    return lambda folder: tokenizer.save(str(folder / "tokenizer.json"))


def continues(prefix: str) -> Damage:
    """The pieces of its BPE begin with this, it says; reading that, the library takes more letters from some than they have."""

    def damage(folder: Path) -> None:
        written = json.loads((folder / "tokenizer.json").read_text())
        written["model"]["continuing_subword_prefix"] = prefix
        (folder / "tokenizer.json").write_text(json.dumps(written))

    return damage


def shards(lost: str) -> Damage:
    """In some files, of which one is lost."""

    def damage(folder: Path) -> None:
        model = checkpoints.llama(checkpoints.byte_level(*DIALOGUE))
        (folder / "model.safetensors").unlink()
        model.save_pretrained(folder, max_shard_size="90KB")
        (folder / lost).unlink()

    return damage


def split(*keys: str) -> Damage:
    """An index that names these files."""
    index = json.dumps({"weight_map": {f"{number}.weight": key for number, key in enumerate(keys)}})
    return both(lacks("model.safetensors"), writes(checkpoint.INDEX, index))


def both(*damages: Damage) -> Damage:
    return lambda folder: [damage(folder) for damage in damages]


class Opened:
    """Pickled, it would make a folder called opened where it is opened."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, ("opened",)


def sentencepiece() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram([("<unk>", 0.0), ("▁a", -1.0), ("b", -2.0)], unk_id=0))
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    return tokenizer


def letters() -> Tokenizer:
    """As of the first Llamas: BPE of letters, spaces as ▁."""
    tokenizer = Tokenizer(models.BPE({"<unk>": 0, "▁": 1, "a": 2, "▁a": 3}, [("▁", "a")], unk_token="<unk>", byte_fallback=True))
    tokenizer.normalizer, tokenizer.decoder = normalizers.Prepend("▁"), decoders.Metaspace()
    return tokenizer


BPE = "byte-level BPE, WordPiece with ## and whole words"
NAN, INF = torch.full((32,), float("nan")), torch.full((32,), float("inf"))
SENTENCES: dict[str, tuple[Damage, str]] = {
    "nothing there": (shutil.rmtree, "there is no source"),
    "empty folder": (both(shutil.rmtree, Path.mkdir), "source holds no checkpoint: there is no config.json"),
    "no config": (lacks("config.json"), "source holds no checkpoint: there is no config.json"),
    "config a folder": (both(lacks("config.json"), lambda folder: (folder / "config.json").mkdir()), "source holds no checkpoint: .*"),
    "config no JSON": (writes("config.json", "{"), "config.json is no JSON"),
    "config no text": (writes("config.json", b"\xff\xfe{}"), "config.json is no JSON"),
    "config nested": (writes("config.json", "[" * 100_000), "config.json is no JSON"),
    "config with NaN": (writes("config.json", '{"rms_norm_eps": NaN}'), "config.json is no JSON"),
    "config with 1e999": (writes("config.json", '{"rope_theta": 1e999}'), "config.json is no JSON"),
    "config a list": (writes("config.json", "[1]"), "config.json is no JSON object"),
    "config huge": (writes("config.json", b" " * 1_000_001), "config.json has 1,000,001 bytes; 1,000,000 are read"),
    "unknown": (says(architectures=["MambaForCausalLM"]), "it is a MambaForCausalLM; this program reads LlamaForCausalLM, .*"),
    "no architecture": (says(architectures=None), "it is a model of an unknown kind; .*"),
    "architecture no name": (says(architectures=[{"a": 1}]), "it is a model of an unknown kind; .*"),
    "architecture a string": (says(architectures="LlamaForCausalLM"), "it is a model of an unknown kind; .*"),
    "a run's own": (says(architectures=["T5ForConditionalGeneration"]), "it is a T5ForConditionalGeneration; .*"),
    "negative": (says(num_hidden_layers=-1), "config.json says num_hidden_layers -1; from 1 to 80 are read"),
    "zero": (says(num_attention_heads=0), "config.json says num_attention_heads 0; from 1 to 128 are read"),
    "bool": (says(hidden_size=True), "config.json says hidden_size true; from 1 to 8,192 are read"),
    "string": (says(vocab_size="300"), 'config.json says vocab_size "300"; from 1 to 300,000 are read'),
    "fraction": (says(intermediate_size=48.5), "config.json says intermediate_size 48.5; from 1 to 40,000 are read"),
    "list": (says(vocab_size=list(range(99))), r"config.json says vocab_size \[0, 1, 2, .*…; from 1 to 300,000 are read"),
    "norm by 0": (says(rms_norm_eps=0), "config.json says rms_norm_eps 0; it should be small and above 0"),
    "heads": (says(num_attention_heads=5), "config.json says hidden_size 32 and num_attention_heads 5, which does not divide it"),
    "groups": (says(num_key_value_heads=3), "config.json says num_attention_heads 4 and num_key_value_heads 3, which does not divide it"),
    "odd head": (says(head_dim=7), r"config.json makes no LlamaForCausalLM \(\w+\)"),
    "no such function": (says(hidden_act="of my own"), r"config.json makes no LlamaForCausalLM \(\w+\)"),
    "rope by 0": (says(rope_scaling={"rope_type": "linear", "factor": 0}), "config.json says factor 0; it should be above 0"),
    "rope": (says(rope_parameters={"rope_type": "of my own"}), r"config.json makes no LlamaForCausalLM \(\w+\)"),
    "too many layers": (says(num_hidden_layers=10**9), "config.json says num_hidden_layers 1000000000; from 1 to 80 are read"),
    "other sizes": (says(hidden_size=64), r".* is \(3\d\d, 32\), and in a model as config.json describes it \(3\d\d, 64\)"),
    "other shape": (norm(torch.ones(31)), rf"{NORM} is \(31,\), and in a model as config.json describes it \(32,\)"),
    "int8": (norm(torch.ones(32, dtype=torch.int8)), f"{NORM} is in int8; float16, bfloat16 and float32 are read"),
    "double": (norm(torch.ones(32, dtype=torch.float64)), f"{NORM} is in float64; .*"),
    "NaN": (norm(NAN), f"{NORM} holds weights that are no numbers"),
    "inf": (norm(INF), f"{NORM} holds weights that are no numbers"),
    "too large": (norm(torch.full((32,), 1e6)), f"{NORM} holds weights that are too large for half precision"),
    "missing": (holds(model__norm__weight=None), f"it is half a checkpoint: {NORM} is missing"),
    "untied": (says(tie_word_embeddings=True), "config.json says that lm_head.weight is model.embed_tokens.weight, and they differ"),
    "there twice": (holds(norm__weight=torch.ones(32)), f"{NORM} is there twice"),
    "no weights": (lacks("model.safetensors"), "source is half a checkpoint: there is no model.safetensors"),
    "a shard lost": (
        shards("model-00002-of-00002.safetensors"),
        "source is half a checkpoint: there is no model-00002-of-00002.safetensors",
    ),
    "index lost": (shards(checkpoint.INDEX), "source is half a checkpoint: there is no model.safetensors"),
    "index elsewhere": (split("../whole/model.safetensors"), "../whole/model.safetensors leads out of the folder"),
    "index at a root": (split("/etc/passwd"), "/etc/passwd leads out of the folder"),
    "index no map": (both(lacks("model.safetensors"), writes(checkpoint.INDEX, "{}")), ".* does not say which file holds which tensor"),
    "pickle": (both(lacks("model.safetensors"), writes("pytorch_model.bin", pickle.dumps(Opened()))), ".* as a pickle, .* never read; .*"),
    "pickle by another name": (writes("model.safetensors", pickle.dumps(Opened())), r"model.safetensors is no whole safetensors file .*"),
    "truncated": (
        lambda folder: os.truncate(folder / "model.safetensors", 50_000),
        r"model.safetensors is no whole safetensors file \(SafetensorError\)",
    ),
    "no tokenizer": (lacks("tokenizer.json"), "source is half a checkpoint: there is no tokenizer.json"),
    "tokenizer no JSON": (writes("tokenizer.json", "no"), "tokenizer.json is no JSON"),
    "tokenizer of nothing": (writes("tokenizer.json", "{}"), "tokenizer.json cannot be read as a tokenizer .*"),
    "tokenizer panics": (continues("longer"), "tokenizer.json cannot be read as a tokenizer .*"),
    "tokenizer huge": (lambda folder: os.truncate(folder / "tokenizer.json", 60_000_001), "tokenizer.json has 60,000,001 bytes; .*"),
    "tokenizer of another": (
        reads(checkpoints.byte_level(*DIALOGUE, behind=("<one>", "<two>"))),
        r"tokenizer.json is of another model: it has 332 entries, and this model reads 330",
    ),
    "unigram": (reads(sentencepiece()), f"its tokenizer is Unigram; this program reads {BPE}"),
    "SentencePiece": (reads(letters()), f"its tokenizer is a BPE of letters, as SentencePiece makes it; this program reads {BPE}"),
    "no unused entry": (
        both(says(vocab_size=3), reads(Tokenizer(models.WordLevel({"<unk>": 0, "a": 1, "b": 2}, unk_token="<unk>")))),
        r"its vocabulary has no \[PAD\], and no entry to spare for one",
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_what_is_not_read_is_refused_in_a_sentence(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damage, sentence = SENTENCES[name]
    monkeypatch.chdir(folder.parent)
    damage(folder)
    if name == "no unused entry":  # its weights have as many rows as it has entries
        model = checkpoints.llama(Tokenizer.from_file(str(folder / "tokenizer.json")))
        model.save_pretrained(folder)
    refused(folder, sentence)
    assert not Path("opened").exists(), "a pickle was opened"


@pytest.mark.skipif(os.name == "nt", reason="Windows may forbid links")
@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_link_that_leads_out_of_the_folder_is_not_followed(name: str, folder: Path, whole: Path) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to(whole / name)
    refused(folder, f"{name} leads out of the folder")
    (folder / name).unlink()
    shutil.copy(whole / name, folder / f"other-{name}")
    (folder / name).symlink_to(f"other-{name}")
    adopt(folder, folder.with_name("place"))  # one that stays inside is


@pytest.mark.parametrize("step", ["described", "safe_open", "_tokenizer"])
def test_a_folder_that_vanishes_meanwhile_is_told_so(step: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = getattr(checkpoint, step)

    def vanishing(*given: Any) -> Any:
        shutil.rmtree(folder)
        return before(*given)

    monkeypatch.setattr(checkpoint, step, vanishing)
    refused(folder, r"source (is half a checkpoint: there is no .*|can no longer be read \(FileNotFoundError\))")


class Largest(TorchDispatchMode):
    """Notes the largest tensor that is really allocated while it is on."""

    numbers = 0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        there = [tensor.numel() for tensor in tree_leaves(made) if isinstance(tensor, torch.Tensor) and tensor.device.type != "meta"]
        self.numbers = max(self.numbers, *there, 0)
        return made


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ({"vocab_size": 31_250_000_000}, "config.json says vocab_size 31250000000; .*"),  # 10^12 numbers
        (
            {"vocab_size": 300_000, "hidden_size": 8_192, "intermediate_size": 40_000, "num_hidden_layers": 80, "num_key_value_heads": 4},
            "it has 8[0-9],[0-9,]+ parameters; 400,000,000 are read",
        ),
    ],
)
def test_a_model_of_any_size_is_refused_before_anything_is_allocated(sizes: dict[str, int], sentence: str, folder: Path) -> None:
    with Largest() as usual:
        adopt(folder, folder.with_name("whole"))
    assert usual.numbers > 5_000, "it is noticed what is allocated"
    says(**sizes)(folder)
    begun = time.monotonic()
    with Largest() as largest:
        refused(folder, sentence)
    assert largest.numbers < 5_000
    assert time.monotonic() - begun < 20
