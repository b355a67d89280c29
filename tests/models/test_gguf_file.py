"""SmolLM2, read from its GGUF file and adopted, says what transformers makes of the same file."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer, LlamaForCausalLM

from llmviz.experiments.architecture import answer
from llmviz.experiments.architecture.question import Walk
from llmviz.experiments.in_context import name_answer, real_view
from llmviz.experiments.in_context.question import Name
from llmviz.inspect import snapshots
from llmviz.models import gguf_file
from llmviz.models.adopted import adopt
from llmviz.models.gguf_file import of_gguf
from llmviz.text.special import CLS, SPECIAL
from llmviz.text.tokenizers import load_tokenizer, pieces, spelling
from tests.real import INSTALLED, SMOLLM2

TEXTS = ("The capital of Spain is", "def add(a, b):\n    return a + b", "Ça coûte 1,234 € – déjà  vu? 😀")


@pytest.fixture(scope="module")
def smollm2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert SMOLLM2
    place = tmp_path_factory.mktemp("real") / "smollm2"
    adopt(SMOLLM2, place)
    return place


@INSTALLED
def test_it_goes_on_as_a_model_of_its_size_does(smollm2: Path) -> None:
    tokenizer, model = load_tokenizer(smollm2 / "tokenizer.json"), snapshots.whole(smollm2 / "snapshots" / "0")
    ids = [CLS, *(piece.id for piece in pieces(tokenizer, TEXTS[0]))]
    with torch.no_grad():
        for _ in range(3):
            ids.append(int(model(input_ids=torch.tensor([ids])).logits[0, -1].argmax()))
    assert tokenizer.decode(ids).startswith(f"{TEXTS[0]} Madrid")


@INSTALLED
def test_two_examples_tell_it_which_fact_is_wanted(smollm2: Path) -> None:
    """It knows the countries of cities; a prompt without an example does not ask for them. Facts of Tinyland alone it cannot know."""
    for relation, low, high in (("country", 0.8, 1.0), ("home", 0.0, 0.2)):
        asked = [prompt for prompt in real_view.prompts(relation) if len(prompt.pairs) in (0, 2)]
        (found,) = name_answer.answer({0: smollm2 / "snapshots" / "0"}, Name(tuple(prompt.text for prompt in asked)))
        shares = real_view.shares(asked, found.said)
        assert shares[0] <= 0.1 and low <= shares[2] <= high


@INSTALLED
def test_its_vocabulary_is_ours_in_order_and_its_own_otherwise(smollm2: Path) -> None:
    tokenizer = load_tokenizer(smollm2 / "tokenizer.json")
    assert [tokenizer.id_to_token(id) for id in range(6)] == [*SPECIAL, "<|im_start|>"]
    assert len(spelling(tokenizer)) == snapshots.config(smollm2 / "snapshots" / "0").vocab_size == 49_152
    for text in TEXTS:
        assert tokenizer.decode([piece.id for piece in pieces(tokenizer, text)]) == text
    assert [piece.text for piece in pieces(tokenizer, "in 1492")] == ["in", " ", "1", "4", "9", "2"]


@INSTALLED
def test_three_rows_of_logits_are_those_that_transformers_makes_of_the_file(smollm2: Path) -> None:
    assert SMOLLM2
    where: dict[str, Any] = {"gguf_file": SMOLLM2.name, "local_files_only": True}
    original = LlamaForCausalLM.from_pretrained(SMOLLM2.parent, dtype=torch.float32, **where).eval()
    with torch.no_grad():
        for weight in original.parameters():
            weight.copy_(weight.half().float())  # unpacked, they have more digits than are kept
    before = AutoTokenizer.from_pretrained(SMOLLM2.parent, **where)
    tokenizer, model = load_tokenizer(smollm2 / "tokenizer.json"), snapshots.whole(smollm2 / "snapshots" / "0")
    given = {"[CLS]": "<|endoftext|>", "[SEP]": "<|im_end|>", **_given_away(before, tokenizer)}
    place_of = {before.convert_tokens_to_ids(given.get(entry, entry)): id for entry, id in tokenizer.get_vocab().items()}
    assert sorted(place_of) == sorted(place_of.values()) == list(range(49_152))
    order = torch.tensor([place_of[old] for old in range(49_152)])
    for text in TEXTS:
        ids = before(text, add_special_tokens=False)["input_ids"]
        read = [piece.id for piece in pieces(tokenizer, text)]
        assert read == [place_of[id] for id in ids]
        with torch.no_grad():
            theirs = original(input_ids=torch.tensor([[before.convert_tokens_to_ids("<|endoftext|>"), *ids]])).logits[0, -1]
            ours = model(input_ids=torch.tensor([[CLS, *read]])).logits[0, -1]
        assert (ours[order] - theirs).abs().max() < 1e-3
        assert ours.std() > 1


@INSTALLED
def test_the_boxes_of_architecture_are_its_own_and_hold_all_its_parameters(smollm2: Path) -> None:
    """In the first block, one in the middle and the last: every box with weights against the module that has them; and the logits."""
    model = snapshots.whole(smollm2 / "snapshots" / "0")
    ids = answer.given(smollm2 / "snapshots" / "0", Walk(TEXTS[0])).ids
    said: dict[str, torch.Tensor] = {}
    for path, module in model.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda _, __, out, name=path: said.update({name: out}))
    with torch.no_grad():
        logits = model(input_ids=ids[None]).logits[0]
    tape = answer.walk(model, ids).tape
    compared = 0
    for place, box in enumerate(tape.boxes):
        if tape.stages[box.stage] in ("embeddings", "block 1", "block 15", "block 30", "head"):
            for module in {tensor.rpartition(".")[0] for tensor in box.tensors} - {"lm_head"}:
                theirs, ours = said[module], tape.flat(place)
                if ours.shape[-1] == theirs.shape[-1]:  # the logits are of the embedding table, as the words that go in
                    torch.testing.assert_close(ours, theirs.reshape(ours.shape), rtol=1e-3, atol=1e-3)
                    compared += 1
    assert compared == 1 + 3 * 9 + 1  # of a block two norms, and seven matrices
    torch.testing.assert_close(tape.boxes[tape.boxes[-1].reads[0]].values[0], logits, rtol=1e-3, atol=1e-2)
    assert sum(box.parameters for box in tape.boxes) == 134_515_008


def _given_away(before: Any, tokenizer: Any) -> dict[str, str]:
    """The special tokens that the vocabulary no longer has, for the three roles that SmolLM2 has not."""
    lost = [entry for entry in before.get_vocab() if tokenizer.token_to_id(entry) is None and entry not in ("<|endoftext|>", "<|im_end|>")]
    assert len(lost) == 3 and {before.convert_tokens_to_ids(entry) for entry in lost} <= set(range(17))
    ids = sorted(map(before.convert_tokens_to_ids, lost), reverse=True)
    return dict(zip(("[PAD]", "[UNK]", "[MASK]"), before.convert_ids_to_tokens(ids), strict=True))


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "gguf", None)
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    with pytest.raises(ValueError, match=r"the package gguf, which is not installed: python3 start\.py install real$"):
        adopt(tmp_path / "a.gguf", tmp_path / "place")


@INSTALLED
@pytest.mark.parametrize("content", [b"", b"GGUF", b"no" * 500, b"GGUF\x03\0\0\0" + b"\x01" + b"\0" * 7 + b"\x02" + b"\0" * 7])
def test_what_is_no_gguf_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(content)
    with pytest.raises(ValueError, match=r"^a\.gguf is no whole GGUF file \(\w+\)$"):
        adopt(tmp_path / "a.gguf", tmp_path / "place")
    assert not (tmp_path / "place").exists()


LLAMA = {
    "general.architecture": "llama",
    "llama.embedding_length": 8,
    "llama.block_count": 1,
    "llama.feed_forward_length": 8,
    "llama.attention.head_count": 2,
    "llama.context_length": 16,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": ["<|endoftext|>", "a", "b", "c", "d"],
    "tokenizer.ggml.merges": [],
    "tokenizer.ggml.token_type": [3, 1, 1, 1, 1],
}


@pytest.mark.parametrize(
    ("changes", "tensors", "sentence"),
    [
        ({"general.architecture": "qwen2"}, {}, r"it is a GGUF file of another model \(qwen2\); of these, plain Llamas are read"),
        ({"llama.expert_count": 8}, {}, r"it is a GGUF file of another model \(llama\)"),
        ({"llama.block_count": 10**9}, {}, "config.json says num_hidden_layers 1000000000; from 1 to 80 are read"),
        ({"tokenizer.ggml.model": "llama"}, {}, r"its tokenizer is of a kind that this program does not read \(llama, None\)"),
        ({"tokenizer.ggml.pre": "qwen2"}, {}, r"its tokenizer is of a kind that this program does not read \(gpt2, qwen2\)"),
        ({"tokenizer.ggml.merges": ["a z"]}, {}, "its vocabulary cannot be read as a tokenizer"),
        ({}, {}, "it is half a checkpoint: model.embed_tokens.weight is missing"),
        ({}, {"rope_freqs.weight": [4]}, "it has a tensor that a plain Llama has not: rope_freqs.weight"),
        ({}, {"blk.7.attn_q.weight": [8, 8]}, "it has a tensor that a plain Llama has not: blk.7.attn_q.weight"),
        ({}, {"token_embd.weight": [8, 6]}, r"model.embed_tokens.weight is \(6, 8\), and in a model .* \(5, 8\)"),
    ],
)
def test_another_model_in_a_gguf_file_is_refused(
    changes: dict[str, Any], tensors: dict[str, list[int]], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what such a file says, whoever reads it."""
    fields = {name: SimpleNamespace(types=[1], contents=lambda value=value: value) for name, value in {**LLAMA, **changes}.items()}
    named = [SimpleNamespace(name=name, shape=shape) for name, shape in tensors.items()]
    reader = SimpleNamespace(GGUFReader=lambda _: SimpleNamespace(fields=fields, tensors=named))
    monkeypatch.setattr(importlib, "import_module", lambda _: reader)
    with pytest.raises(ValueError, match=f"^{sentence}"):
        of_gguf(Path("a.gguf"))


def test_the_halves_of_a_head_are_put_together_as_transformers_rotates_them() -> None:
    rows = torch.arange(8.0).unflatten(0, (8, 1))  # two heads of four: 0 turns with 1, and 2 with 3
    assert gguf_file._halves(rows, 2).flatten().tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
