"""The same gaps through a checkpoint with other tokens: it finds them by [MASK], and says what transformers' own BERT says."""

import json
from pathlib import Path

import pytest
import torch
from transformers import BertForMaskedLM

from llmviz.core.questions.cloze import Cloze
from llmviz.experiments.masked_lm import real_view
from llmviz.inspect import masked
from llmviz.models import adopted
from llmviz.runs.real_models import FILLS, MOST_READ, UNKNOWN, WRITES, Offer
from llmviz.views.tokens import Token
from tests import checkpoints

NAMES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
SENTENCE = [Token("the", "The"), Token("children", "children"), Token("##s", "s", joined=True), Token("rowed", "rowed"), Token(".", ".")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tokenizer = checkpoints.wordpiece(NAMES)
    return checkpoints.save(checkpoints.bert(tokenizer), tokenizer, tmp_path / "bert")


def test_hidden_words_become_masks_and_the_rest_is_as_it_was_typed() -> None:
    assert real_view.masked(SENTENCE, []) == "The childrens rowed ."
    assert real_view.masked(SENTENCE, [1, 3]) == "The [MASK]s [MASK] ."
    assert real_view.masked(SENTENCE, [2]) == "The children [MASK] rowed ."


def test_a_gap_is_filled_as_transformers_fills_it(folder: Path, tmp_path: Path) -> None:
    adopted.adopt(folder, tmp_path / "run")
    (trace,) = masked.answer({0: tmp_path / "run" / "snapshots" / "0"}, Cloze("the [MASK] rowed over the [MASK]"))
    places = real_view.gaps(trace)
    assert len(places) == 2
    tokenizer = checkpoints.wordpiece(NAMES)
    ids = tokenizer.encode("the [MASK] rowed over the [MASK]", add_special_tokens=False).ids
    read = [tokenizer.token_to_id("[CLS]"), *ids, tokenizer.token_to_id("[SEP]")]
    model = BertForMaskedLM.from_pretrained(folder, local_files_only=True).eval()
    with torch.no_grad():
        logits = model(torch.tensor([read])).logits[0]
    gaps = [place for place, id in enumerate(read) if id == tokenizer.token_to_id("[MASK]")]
    special = [tokenizer.token_to_id(name) for name in NAMES]
    for guesses, place in zip(real_view.guessed(trace, places), gaps, strict=True):
        row = logits[place].clone()
        row[special] = -torch.inf  # none of these is ever a guess here
        best = row.softmax(-1).topk(real_view.TOP)
        assert [chance for _, chance in guesses] == pytest.approx(best.values.tolist(), rel=0.02)
        assert [word for word, _ in guesses] == [tokenizer.id_to_token(id) for id in best.indices.tolist()]


def test_a_model_with_fewer_gaps_leaves_cells_empty() -> None:
    drawn = real_view.compared(["dog", "barks"], {"A": [[("Dog", 0.9)]], "B": [[("cat", 0.5)], [("barks", 0.25)]]}, visit=1)
    assert len(drawn["rows"]) == 2 * real_view.TOP and drawn["rows"][0]["name"] == "dog, 1"
    first = drawn["rows"][0]["cells"]
    assert first[0]["tint"] == 0.9 and "tint" not in first[1]  # the very word, in whatever case
    assert drawn["rows"][real_view.TOP]["cells"][0]["faint"] and drawn["rows"][1]["cells"][0]["faint"]


def test_what_a_model_is_asked_for_is_read_off_its_configuration(folder: Path, tmp_path: Path) -> None:
    def does(written: str) -> str:
        other = tmp_path / "other"
        other.mkdir(exist_ok=True)
        (other / "config.json").write_text(written, encoding="utf-8")
        return Offer("other", "Other", "", other).does

    assert Offer("bert", "BERT", "", folder).does == FILLS
    assert does(json.dumps({"architectures": ["GPT2LMHeadModel"]})) == WRITES
    for written in ("", "[]", "{", '{"architectures": 3}', "{}", "[" * 100_000, " " * (MOST_READ + 1) + "{}"):
        assert does(written) in (UNKNOWN, WRITES)
    assert Offer("gone", "Gone", "", tmp_path / "gone").does == UNKNOWN
    assert Offer("packaged", "Packaged", "", None).does == WRITES
