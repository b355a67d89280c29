"""A GPT that goes on reading, in text with lists."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from llmviz.core.spec import RunSpec
from llmviz.core.update import Step
from llmviz.experiments.building import build
from llmviz.experiments.in_context import EXPERIMENT, SHOTS, ListsSpec
from llmviz.experiments.in_context.stage import OWN, InContext
from llmviz.inspect import prompts
from llmviz.inspect.prompts import Prompts
from llmviz.text.special import PAD
from llmviz.text.tinyland import lists
from llmviz.text.tinyland.lists import Shot
from llmviz.training.loop import Training
from tests.small import digest


def spec(steps: int = 6, share: float = 0.4, seed: int = 0, **train: Any) -> RunSpec:
    base = RunSpec("icl", objective=ListsSpec(share), seed=seed)
    return replace(base, train=replace(base.train, **({"steps": steps, "batch_size": 8} | train)))


def stage(given: RunSpec, parent: Path | None = None) -> InContext:
    made = build(given, parent)
    assert isinstance(made, InContext)
    return made


def spelt(made: InContext, rows: Sequence[Sequence[int]]) -> list[str]:
    return [" ".join(made.choices[id] for id in row if id != PAD) for row in rows]


def test_a_batch_is_of_the_mixture_and_without_lists_has_none() -> None:
    made, none = stage(spec(batch_size=96)), stage(spec(share=0.0, batch_size=96))
    for each, least, most in ((made, 25, 55), (none, 0, 0)):
        texts = spelt(each, each.batch(3).input_ids.tolist())
        found = sum(" : " in text and " ? " not in text and text.split()[2] == lists.COLON for text in texts)
        assert least <= found <= most
    again = stage(spec(batch_size=96))
    assert torch.equal(again.batch(3).input_ids, made.batch(3).input_ids) and not torch.equal(
        made.batch(4).input_ids[:, :3], made.batch(3).input_ids[:, :3]
    )


def test_the_labels_are_the_tokens_themselves() -> None:
    batch = stage(spec()).batch(1)
    asked = batch.labels != -100
    assert torch.equal(batch.labels[asked], batch.input_ids[asked]) and not asked[:, 0].any()


def test_it_reports_every_metric_and_the_line_of_who_guesses() -> None:
    made = stage(spec())
    found = made.evaluate()
    assert {*found} == {metric.name for metric in EXPERIMENT.metrics} and {f"shots_{shots}" for shots in SHOTS} <= {*found}
    assert made.references["without_examples"] == lists.without_examples()
    assert 0 < made.references["old_floor"] < found["old_loss"] and OWN in made._held_out


def test_the_same_spec_gives_the_same_weights_also_after_a_kill(tmp_path: Path) -> None:
    def trained(seed: int = 0) -> str:
        made = stage(spec(seed=seed))
        assert [*Training(made, made.spec.train).updates()]
        return digest(made.model)

    whole = trained()
    assert trained() == whole != trained(seed=1)
    killed = stage(spec())
    training = Training(killed, killed.spec.train)
    for update in training.updates():
        if isinstance(update, Step) and update.step == 3:
            training.save_checkpoint(tmp_path / "checkpoint", {})
            break
    again = stage(spec())
    resumed = Training(again, again.spec.train)
    resumed.load_checkpoint(tmp_path / "checkpoint")
    assert [update.step for update in resumed.updates() if isinstance(update, Step)] == [4, 5, 6] and digest(again.model) == whole


def test_new_words_stand_behind_those_of_the_parent(tmp_path: Path) -> None:
    parent = build(RunSpec("clm"), None)
    parent.save(tmp_path / "parent")
    made = stage(RunSpec("icl"), tmp_path / "parent")
    old = parent.model.get_input_embeddings().get_parameter("weight").half()  # as snapshots keep it
    assert torch.equal(made.model.get_input_embeddings().get_parameter("weight")[: len(old)], old)
    made.save(tmp_path / "made")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "made", local_files_only=True)
    assert tokenizer.tokenize("Italy : Rome , puppy :") == ["Italy", ":", "Rome", ",", "puppy", ":"]


@pytest.mark.parametrize("shots", [0, 3])
def test_a_prompt_is_answered_by_the_likeliest_next_token(shots: int, tmp_path: Path) -> None:
    made = stage(spec())
    made.save(tmp_path)
    model = AutoModelForCausalLM.from_pretrained(tmp_path, local_files_only=True)
    asked = [Shot("capital", ("Italy", "Spain", "Poland")[:shots], subject) for subject in ("France", "Greece")]
    read = Prompts.of(made.tokenizer, asked)
    for shot, row, right in zip(asked, read.input_ids, prompts.named(made.model, read), strict=True):
        ids = torch.from_numpy(row)[None]
        best = int(model(ids).logits[0, -1].argmax())
        assert ids.shape[1] == 1 + len(shot.text.split()) and float(right) == (best == made.tokenizer.token_to_id(shot.value))
