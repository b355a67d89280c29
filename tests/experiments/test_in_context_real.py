"""What a model of any size names after prompts: read together as alone, cut where a value ends; and what is told of it."""

from pathlib import Path
from typing import Any

import pytest
import torch

from llmviz.core.spec import RunSpec
from llmviz.experiments.building import build
from llmviz.experiments.in_context import name_answer, prompt_view, real_view
from llmviz.experiments.in_context.question import Name
from llmviz.inspect import snapshots
from llmviz.text.special import CLS
from llmviz.text.tinyland.lists import RELATIONS
from tests.small import shaken

TEXTS = ("Italy : Rome , France :", "France :", "Spain : Madrid , Peru :", "Italy : Rome , Spain : Madrid , France :")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = build(RunSpec("clm"), None)
    shaken(made.model, seed=3)
    there = tmp_path_factory.mktemp("run") / "snapshots" / "7"
    made.save(there)
    return there


def test_together_each_is_named_as_it_is_alone_and_as_transformers_writes(folder: Path) -> None:
    (together,) = name_answer.answer({7: folder}, Name(TEXTS))
    alone = [name_answer.answer({7: folder}, Name((text,)))[0].said[0] for text in TEXTS]
    assert together.step == 7 and list(together.said) == alone and len(set(alone)) > 1
    model: Any = snapshots.whole(folder)
    tokenizer = snapshots.tokenizer(folder)
    for text, said in zip(TEXTS, alone, strict=True):
        read = torch.tensor([[CLS, *tokenizer.encode(text, add_special_tokens=False).ids]])
        with torch.no_grad():
            wrote = model.generate(read, do_sample=False, max_new_tokens=6, suppress_tokens=[0, 1, 2, 4], eos_token_id=3, pad_token_id=0)
        assert name_answer.value(tokenizer.decode(wrote[0, read.shape[1] :].tolist())) == said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" Paris, Spain", "Paris"),
        ("New York : x", "New York"),
        ("\nRome\nMadrid", "Rome"),
        ("", ""),
        (", x", ""),
        ("St. John", "St"),
        ("a\tb", "a b"),
    ],
)
def test_a_value_ends_at_the_first_sign(text: str, value: str) -> None:
    assert name_answer.value(text) == value


def test_what_cannot_be_read_is_a_sentence(folder: Path) -> None:
    for texts, reason in (((" ",), "no word"), (("Rome " * 300,), "300 tokens"), (("Rome :",) * 200, "200 prompts")):
        with pytest.raises(ValueError, match=reason):
            name_answer.answer({7: folder}, Name(texts))


def test_every_relation_asks_for_the_same_subjects_with_each_number_of_examples() -> None:
    for relation in RELATIONS:
        asked = real_view.prompts(relation)
        by_count = {len(prompt.pairs): [other.subject for other in asked if len(other.pairs) == len(prompt.pairs)] for prompt in asked}
        assert len({tuple(subjects) for subjects in by_count.values()}) == 1 and min(by_count) == 0 and max(by_count) >= 2
        assert all(prompt.subject not in prompt.subjects and prompt.truth for prompt in asked)
        assert len(asked) + 7 <= name_answer.MOST
        assert all(prompt_view.parsed(prompt.text, relation) == prompt for prompt in asked)


def test_shares_are_counted_by_examples_whatever_the_case() -> None:
    asked = real_view.prompts("capital")
    said = [prompt.truth.upper() if prompt.pairs else "2013" for prompt in asked]
    assert real_view.shares(asked, said) == {0: 0.0, 1: 1.0, 2: 1.0, 4: 1.0}
    assert "Country : capital: A names 0% with no example, 100% with 4." in real_view.told(asked, {"A": said})
