"""What somebody may put into a zip that is to be taken in, and the sentence it gets. None of it is run, none of it lands among the runs."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from llmviz.core.spec import RunSpec, to_json
from llmviz.models.rebuilt import rebuilt
from llmviz.runs import parcel
from llmviz.runs.folder import RunFolder
from llmviz.text.spans import SENTINELS
from llmviz.text.special import SPECIAL
from tests.hostile.zips import CONFIG, SNAPSHOT, WEIGHTS, Change, Files, config, drop, kinds, put, spec, tokenizer, weights, zipped

Packed = Callable[[str], Files]
EMBEDDINGS = "roformer.embeddings.word_embeddings.weight"
QUERY = "roformer.encoder.layer.0.attention.self.query.weight"
A_CHAIN = {"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaa"}] * 20}
WITHOUT_END = {"type": "Replace", "pattern": {"Regex": "(x+x+)+y"}, "content": ""}


def into(name: str, value: Any) -> Callable[[dict[str, torch.Tensor]], object]:
    """One tensor becomes this, or what this makes of it."""
    return lambda tensors: tensors.update({name: value(tensors[name]) if callable(value) else value})


def first(value: float) -> Callable[[torch.Tensor], torch.Tensor]:
    """The tensor with another first number."""

    def changed(tensor: torch.Tensor) -> torch.Tensor:
        tensor.view(-1)[0] = value
        return tensor

    return changed


def header(written: object) -> bytes:
    """A safetensors file of a header alone."""
    text = json.dumps(written).encode()
    return struct.pack("<Q", len(text)) + text


def model_of(**values: Any) -> Change:
    return tokenizer(lambda written: written["model"].update(values))


def vocabulary(entries: dict[str, Any]) -> Change:
    return model_of(vocab=entries)


def words(*more: str) -> dict[str, int]:
    return {word: id for id, word in enumerate((*SPECIAL, *more))}


NOT_THE_MODEL = "the weights of snapshot 4 are not those of the model in spec.json: "
TOKENIZERS: dict[str, tuple[str, Change, str]] = {
    "a chain of twenty replacing normalisers": ("words", tokenizer(lambda it: it.update(normalizer=A_CHAIN)), "another normalizer"),
    "the same before bytes": ("bytes", tokenizer(lambda it: it.update(normalizer=A_CHAIN)), "another normalizer"),
    "the same before pieces": ("learnt", tokenizer(lambda it: it.update(normalizer=A_CHAIN)), "another normalizer"),
    "a regular expression without end": ("words", tokenizer(lambda it: it.update(normalizer=WITHOUT_END)), "another normalizer"),
    "one that cuts": (
        "words",
        tokenizer(
            lambda it: it.update(pre_tokenizer={"type": "Split", "pattern": {"Regex": "(x+x+)+y"}, "behavior": "Isolated", "invert": False})
        ),
        "another pre_tokenizer",
    ),
    "one that decodes": ("words", tokenizer(lambda it: it.update(decoder=WITHOUT_END)), "another decoder"),
    "one that adds tokens": (
        "words",
        tokenizer(lambda it: it["post_processor"]["single"].extend([{"Sequence": {"id": "A", "type_id": 0}}] * 9)),
        "another post_processor",
    ),
    "padding to a billion": (
        "words",
        tokenizer(
            lambda it: it.update(
                padding={"strategy": {"Fixed": 10**9}, "direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}
            )
        ),
        "another padding",
    ),
    "cut to nothing": ("words", tokenizer(lambda it: it.update(truncation={"max_length": 0})), "another truncation"),
    "added tokens of its own": (
        "words",
        tokenizer(lambda it: it["added_tokens"].append({"id": 11, "content": "x"})),
        "another added_tokens",
    ),
    "added tokens that are a number": ("words", tokenizer(lambda it: it.update(added_tokens=7)), "another added_tokens"),
    "special tokens that are none": ("words", tokenizer(lambda it: it["added_tokens"][4].update(special=False)), "another added_tokens"),
    "a field nobody knows": ("words", tokenizer(lambda it: it.update(auto_map="evil.py")), "another auto_map"),
    "a model nobody knows": ("words", model_of(type="Unigram"), "no tokenizer that this program makes"),
    "no model": ("words", tokenizer(lambda it: it.pop("model")), "no tokenizer that this program makes"),
    "a model that is a list": ("words", tokenizer(lambda it: it.update(model=[])), "no tokenizer that this program makes"),
    "a list": ("words", put("tokenizer.json", b"[]"), "no tokenizer that this program makes"),
    "no JSON": ("words", put("tokenizer.json", b"\xff{"), "tokenizer.json is missing or cannot be read"),
    "nested without end": ("words", put("tokenizer.json", b"[" * 200_000), "tokenizer.json is missing or cannot be read"),
    "no tokenizer": ("words", drop("tokenizer.json"), "tokenizer.json is missing or cannot be read"),
    "one of the snapshot's own that is none": ("words", put(f"{SNAPSHOT}/tokenizer.json", b"{}"), "no tokenizer that this program makes"),
    "another token for what is unknown": ("words", model_of(unk_token="[PAD]"), "another unk_token"),
    "dropout while reading": ("bytes", model_of(dropout=0.9), "another dropout"),
    "a vocabulary that is a list": ("words", vocabulary([]), "has no vocabulary"),  # type: ignore[arg-type]
    "ids that are text": ("words", vocabulary({"[PAD]": "0"}), "has no vocabulary"),
    "ids that are true": ("words", vocabulary({"[PAD]": True}), "has no vocabulary"),
    "negative ids": ("words", vocabulary({**words(*"abcde"), "f": -1}), "do not count from 0"),
    "two entries of one id": ("words", vocabulary({**words(*"abcde"), "f": 9}), "do not count from 0"),
    "an id of a trillion": ("words", vocabulary({**words(*"abcde"), "f": 10**12}), "do not count from 0"),
    "special tokens elsewhere": (
        "words",
        vocabulary({word: id for id, word in enumerate(reversed(words(*"abcdef")))}),
        "does not begin with",
    ),
    "a hundred thousand entries": ("words", vocabulary(words(*map(str, range(100_000)))), "10,000 are allowed"),
    "an entry of a million letters": ("words", vocabulary(words(*"abcde", "x" * 10**6)), "an entry has 1 to 200 letters"),
    "an entry without letters": ("words", vocabulary(words(*"abcde", "")), "an entry has 1 to 200 letters"),
    "half an emoji": ("words", vocabulary(words(*"abcde", "\ud83d")), "an entry has 1 to 200 letters"),
    "names without number": ("words", vocabulary(words(*(f"A{number:0100}" for number in range(60)))), "5,000 are allowed"),
    "a sentinel as a word": ("spans", vocabulary(words(*"abcde", "<extra_id_0>")), "10 sentinels tokenizer.json has 1,"),
    "sentinels in another order": ("spans", vocabulary(words(*reversed(SENTINELS))), "has them in another order"),
    "merges of what is no entry": ("bytes", model_of(merges=[["q", "qq"]]), "cannot be used"),
    "merges that are text": ("bytes", model_of(merges="in"), "no list of at most"),
    "a million merges": ("bytes", model_of(merges=[["i", "n"]] * 1_000_000), "no list of at most"),
    "merges of three": ("bytes", model_of(merges=[["i", "n", "n"]]), "not two strings"),
    "a word of a billion letters to cut": ("learnt", model_of(max_input_chars_per_word=10**9), "another max_input_chars_per_word"),
    "more words than the weights have": (
        "learnt",
        vocabulary(words(*"abcdefghij")),
        "config.json of snapshot 4 says 12 of vocab_size",
    ),
}
CONFIGS: dict[str, tuple[str, Change, str]] = {
    "labels by the million": ("words", config(num_labels=10**6), "has num_labels, which"),
    "names of labels by the hundred thousand": (
        "labels",
        config(id2label={str(place): str(place) for place in range(10**5)}),
        "does not name the 2 labels",
    ),
    "labels without a name": ("labels", config(id2label={}), "does not name the 2 labels"),
    "labels of one name": ("labels", config(id2label={"0": "a", "1": "a"}), "does not name the 2 labels"),
    "labels that are numbers": ("labels", config(id2label={"0": 0, "1": 1}), "does not name the 2 labels"),
    "labels of a thousand letters": ("labels", config(id2label={"0": "a" * 1_000, "1": "b"}), "does not name the 2 labels"),
    "labels the other way round": ("labels", config(label2id={"negative": 1, "positive": 0}), "of label2id"),
    "a negative width": ("words", config(hidden_size=-64), "says -64 of hidden_size"),
    "no width": ("words", config(hidden_size=0), "says 0 of hidden_size"),
    "a giant": ("words", config(hidden_size=10**9), "says 1000000000 of hidden_size"),
    "a giant within": ("words", config(intermediate_size=10**9), "of intermediate_size"),
    "layers by the million": ("words", config(num_hidden_layers=10**6), "of num_hidden_layers"),
    "a million heads": ("words", config(num_attention_heads=10**6), "of num_attention_heads"),
    "a fraction of a head": ("words", config(num_attention_heads=0.5), "of num_attention_heads"),
    "a giant vocabulary": ("words", config(vocab_size=10**9), "of vocab_size"),
    "a text as a size": ("words", config(hidden_size="64; import os"), "of hidden_size"),
    "infinitely small steps": ("words", config(layer_norm_eps=float("nan")), "says nan of layer_norm_eps"),
    "a context without end": ("words", config(max_position_embeddings=10**12), "of max_position_embeddings"),
    "T5's width of a head": ("spans", config(d_kv=10**6), "of d_kv"),
    "T5's kinds of distance": ("spans", config(relative_attention_num_buckets=10**9), "of relative_attention_num_buckets"),
    "T5's inner width": ("spans", config(d_ff=-1), "of d_ff"),
    "T5's layers that write": ("spans", config(num_decoder_layers=10**6), "of num_decoder_layers"),
    "a head's width of its own": ("spans", config(head_dim=10**6), "has head_dim, which"),
    "attention somebody else wrote": ("words", config(attn_implementation="someone/kernel"), "has attn_implementation, which"),
    "the same by its private name": ("words", config(_attn_implementation="flash_attention_2"), "has _attn_implementation, which"),
    "code beside the weights": ("words", config(auto_map={"AutoModel": "evil.Model"}), "has auto_map, which"),
    "weights in another form": ("words", config(quantization_config={"load_in_8bit": True}), "has quantization_config, which"),
    "another class": ("words", config(architectures=["T5ForConditionalGeneration"]), "of architectures"),
    "a class nobody knows": ("words", config(architectures=["os.system"]), "of architectures"),
    "another type": ("words", config(model_type="bert"), "of model_type"),
    "another activation": ("words", config(hidden_act="gelu"), "says 'gelu' of hidden_act"),
    "dropout": ("words", config(hidden_dropout_prob=0.9), "of hidden_dropout_prob"),
    "positions that grow": ("bytes", config(rope_parameters={"rope_type": "dynamic", "factor": 1e9}), "of rope_parameters"),
    "half of it": ("words", config(hidden_size=...), "says nothing of hidden_size"),
    "a list": ("words", put(CONFIG, b"[]"), "is no configuration"),
    "nothing": ("words", put(CONFIG, b""), "cannot be read"),
    "nested without end": ("words", put(CONFIG, b'{"a":' * 100_000), "cannot be read"),
}
WEIGHTS_: dict[str, tuple[str, Change, str]] = {
    "not a number": ("words", weights(into(EMBEDDINGS, first(float("nan")))), "hold what is no number"),
    "infinite": ("words", weights(into(EMBEDDINGS, first(float("inf")))), "hold what is no number"),
    "twice as fine": ("words", weights(into(QUERY, lambda tensor: tensor.double())), "type float64, not float16"),
    "whole numbers": ("words", weights(into(QUERY, lambda tensor: tensor.long())), "type int64, not float16"),
    "eight bits": ("words", weights(into(QUERY, lambda tensor: tensor.to(torch.float8_e4m3fn))), "type float8_e4m3fn, not float16"),
    "a tensor too many": (
        "words",
        weights(into("evil.weight", torch.zeros(1, dtype=torch.float16))),
        f"{NOT_THE_MODEL}it has no evil.weight",
    ),
    "a tied one too many": (
        "words",
        weights(into("cls.predictions.decoder.weight", torch.zeros(11, 64).half())),
        f"{NOT_THE_MODEL}it has no cls",
    ),
    "one too few": ("words", weights(lambda tensors: tensors.pop(QUERY)), f"{NOT_THE_MODEL}{QUERY} is missing"),
    "another shape": ("words", weights(into(QUERY, torch.zeros(64, 65).half())), r"is \(64, 65\), not \(64, 64\)"),
    "no numbers": ("words", weights(into(QUERY, torch.zeros(0, 64).half())), r"is \(0, 64\), not"),
    "no dimension": ("words", weights(into(QUERY, torch.tensor(0.0).half())), r"is \(\), not"),
    "more words than there are": ("words", weights(into(EMBEDDINGS, torch.zeros(12, 64).half())), r"is \(12, 64\), not \(11, 64\)"),
    "another size": ("words", spec(model={"size": "1M"}), "of embedding_size"),
    "another architecture": ("words", spec(model={"architecture": "bert"}), "says .'RoFormerForMaskedLM'. of architectures"),
    "another task": ("words", put("spec.json", json.dumps(to_json(RunSpec("sentiment"))).encode()), "a head of 0 labels"),
    "a head of a thousand labels": ("labels", weights(into("classifier.weight", torch.zeros(1_000, 64).half())), "a head of 1,000 labels"),
    "a head of none": ("labels", weights(into("classifier.weight", torch.zeros(0, 64).half())), "a head of 0 labels"),
    "no head": ("labels", weights(lambda tensors: tensors.pop("classifier.weight")), "a head of 0 labels"),
    "no factors": ("labels", drop(f"{SNAPSHOT}/factors.safetensors"), "factors.safetensors of snapshot 4 is missing"),
    "factors nobody asked for": ("words", put(f"{SNAPSHOT}/factors.safetensors", header({})), "which was trained without"),
    "infinite factors": (
        "labels",
        weights(lambda tensors: tensors.update({name: tensor / 0 for name, tensor in tensors.items()}), f"{SNAPSHOT}/factors.safetensors"),
        "hold what is no number",
    ),
    "an old head of a million words": (
        "words",
        lambda given: (
            given
            | {
                f"{SNAPSHOT}/old_head.safetensors": weights(into("cls.predictions.bias", torch.zeros(10**6).half()))(
                    given | {WEIGHTS: given[WEIGHTS]}
                )[WEIGHTS]
            }
        ),
        "no head that this model had before",
    ),
    "an old head that is all of a model": (
        "words",
        lambda given: given | {f"{SNAPSHOT}/old_head.safetensors": given[WEIGHTS]},
        "it has no",
    ),
    "an old head on a GPT": (
        "learnt",
        lambda given: given | {f"{SNAPSHOT}/old_head.safetensors": given[WEIGHTS]},
        "no head that this model had before",
    ),
    "cut off": ("words", lambda given: given | {WEIGHTS: given[WEIGHTS][:-9]}, "no whole safetensors file"),
    "text": ("words", put(WEIGHTS, b"hello"), "no whole safetensors file"),
    "a pickle": ("words", put(WEIGHTS, b"\x80\x04\x95" + bytes(60)), "no whole safetensors file"),
    "a header of exabytes": ("words", put(WEIGHTS, struct.pack("<Q", 2**62) + b"{}"), "no whole safetensors file"),
    "a header that is text": ("words", put(WEIGHTS, header("evil")), "no whole safetensors file"),
    "numbers outside the file": (
        "words",
        put(WEIGHTS, header({"a": {"dtype": "F16", "shape": [10**9], "data_offsets": [0, 2 * 10**9]}})),
        "no whole safetensors file",
    ),
    "a shape that overflows": (
        "words",
        put(WEIGHTS, header({"a": {"dtype": "F16", "shape": [2**62, 2**62], "data_offsets": [0, 0]}})),
        "no whole safetensors file",
    ),
    "tells of other tensors": ("labels", config(f"{SNAPSHOT}/transfer.json", new=[]), "does not tell of the tensors of this model"),
    "tells of another class": (
        "labels",
        config(f"{SNAPSHOT}/transfer.json", child="os.system"),
        "does not tell of the tensors of this model",
    ),
    "tells of an unknown parent": (
        "labels",
        config(f"{SNAPSHOT}/transfer.json", parent="<script>"),
        "does not tell of the tensors of this model",
    ),
    "tells without end": (
        "labels",
        config(f"{SNAPSHOT}/transfer.json", left=[{"name": "a", "shape": [1], "sha256": "0" * 64}] * 10_000),
        "does not tell of the tensors of this model",
    ),
    "tells nothing": ("labels", put(f"{SNAPSHOT}/transfer.json", b"[]"), "does not say what it took from its parent"),
}
TABLE = {
    f"{part}: {name}": row
    for part, rows in {"tokenizer": TOKENIZERS, "config": CONFIGS, "weights": WEIGHTS_}.items()
    for name, row in rows.items()
}


def taken_in(given: Files, place: Path) -> None:
    """What the program that rebuilds a run does with its one snapshot, here in the process of the test."""
    came = parcel.unpack(zipped(given), place)
    made = rebuilt(came.spec(), came.snapshot(4), next(iter([*came.path.glob("snapshots/*/tokenizer.json"), came.path / "tokenizer.json"])))
    RunFolder(place.with_name("made")).keep(4, made.save)


@pytest.mark.parametrize("name", TABLE)
def test_it_is_refused_in_a_sentence(name: str, packed: Packed, tmp_path: Path) -> None:
    kind, change, sentence = TABLE[name]
    with pytest.raises(ValueError, match=sentence) as refused:
        taken_in(change(packed(kind)), tmp_path / "came")
    assert len(str(refused.value)) < 300 and "\n" not in str(refused.value)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("kind", kinds())
def test_a_run_of_ours_comes_back_to_the_last_byte(kind: str, packed: Packed, tmp_path: Path) -> None:
    given = packed(kind)
    taken_in(given, tmp_path / "came")
    for name in (name for name in given if name.startswith((SNAPSHOT, "tokenizer"))):
        assert (tmp_path / "made" / name).read_bytes() == given[name], name


def test_there_are_as_many_rows_as_was_promised() -> None:
    assert len(TABLE) >= 60
