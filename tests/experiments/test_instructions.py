"""Instruction tuning: the real stage on random and on saved parents."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM

from llmviz.core.questions.replies import ReplyTo
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.experiments.building import build
from llmviz.experiments.instructions import DialoguesSpec, examined_answer, losses_answer
from llmviz.experiments.instructions.question import KIND, LEARNT, SUBJECT, WORDING, Examine, LossesOf
from llmviz.experiments.instructions.stage import Instructions
from llmviz.inspect import replies
from llmviz.models import causal, files
from llmviz.models.writing import NEVER
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tinyland import corpus, dialogues
from llmviz.text.tinyland.dialogues import HELD_KINDS, KINDS
from llmviz.text.tokenizers import word_level
from llmviz.training import replying
from llmviz.training.loop import Training
from tests.small import digest, shaken

REQUEST = "what is the capital of France ?"


def spec(count: int = 40, parent: bool = False, **train: Any) -> RunSpec:
    bare = RunSpec("instruct", starting_from(preset("icl") if parent else None), objective=DialoguesSpec(count))
    return replace(bare, train=replace(bare.train, **{"steps": 4, "batch_size": 8, **train}))


@pytest.fixture(scope="module")
def made() -> Instructions:
    found = build(spec(), None)
    assert isinstance(found, Instructions)
    shaken(found.model, seed=1)
    return found


@pytest.fixture
def folders(made: Instructions, tmp_path: Path) -> dict[int, Path]:
    """Two unlike snapshots."""
    found = {step: tmp_path / "snapshots" / str(step) for step in (0, 9)}
    made.save(found[9])
    fresh = build(spec(), None)
    assert isinstance(fresh, Instructions)
    fresh.save(found[0])
    return found


# The stage


def test_only_the_reply_and_its_end_are_asked_for(made: Instructions) -> None:
    batch = made.batch(2)
    assert len(batch.input_ids) == 8
    for ids, labels in zip(batch.input_ids.tolist(), batch.labels.tolist(), strict=True):
        text = [made.tokenizer.id_to_token(id) for id in ids if id not in (CLS, SEP, PAD)]
        whole = next(each for each in made.learnt if [*each.request.text.split(), *each.reply.split()] == text)
        request = 1 + len(whole.request.text.split())
        assert labels[:request] == [IGNORED] * request
        assert labels[request : len(text) + 2] == ids[request : len(text) + 2] and ids[len(text) + 1] == SEP
        assert set(labels[len(text) + 2 :]) <= {IGNORED}
    _, truth = made.guess(batch)
    assert len(truth) == sum(label != IGNORED for row in batch.labels.tolist() for label in row)


def test_the_loss_is_the_mean_over_these_tokens_and_no_other(made: Instructions) -> None:
    batch = made.batch(1)
    with torch.no_grad():
        logits = made.model(input_ids=batch.input_ids).logits
        wanted = cross_entropy(logits[:, :-1].flatten(0, 1), batch.labels[:, 1:].flatten(), ignore_index=IGNORED)
        assert made.loss(batch).item() == pytest.approx(wanted.item(), abs=1e-4)


def test_a_request_is_read_though_it_is_not_asked_for(made: Instructions) -> None:
    batch = made.batch(1)
    other = replace(batch, input_ids=batch.input_ids.clone())
    other.input_ids[:, 1] = made.choices.index("owl")
    with torch.no_grad():
        assert made.loss(batch).item() != pytest.approx(made.loss(other).item(), abs=1e-4)


def test_a_batch_is_a_function_of_seed_and_step(made: Instructions) -> None:
    again = build(spec(), None)
    assert isinstance(again, Instructions) and again.learnt == made.learnt
    assert torch.equal(made.batch(3).input_ids, again.batch(3).input_ids)
    assert made.batch(3).input_ids.tolist() != made.batch(4).input_ids.tolist()


def test_what_is_measured_was_never_in_training(made: Instructions) -> None:
    whole = build(spec(10_000), None)
    assert isinstance(whole, Instructions)
    learnt = {(each.request.kind, each.request.slots["subject"]) for each in whole.learnt}
    wordings = {(each.request.kind, each.request.wording) for each in whole.learnt}
    for split in ("validation", "test"):
        asked = made._held_out(split, 300)
        for told in asked.values():
            assert not learnt & {(each.request.kind, each.request.slots["subject"]) for each in told}
        assert {(each.request.kind, each.request.wording) for each in asked["followed"]} <= wordings
        assert not {(each.request.kind, each.request.wording) for each in asked["followed_wording"]} & wordings
        assert {each.request.kind for each in asked["followed_kind"]} == {*HELD_KINDS}


def test_the_figures_are_those_of_what_it_replies(made: Instructions, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {each.request.text: each.reply for some in made._validation.values() for each in some}
    monkeypatch.setattr(replying, "replies", lambda model, tokenizer, requests: [told[each] for each in requests])
    found = made.evaluate()
    assert (found["followed"], found["followed_wording"], found["followed_kind"]) == (1.0, 1.0, 1.0) and found["loss"] > 0
    monkeypatch.setattr(replying, "replies", lambda model, tokenizer, requests: list(requests))
    found = made.evaluate()
    assert (found["followed"], found["followed_wording"], found["followed_kind"]) == (0.0, 0.0, 0.0)


def test_nothing_is_new_in_it_and_all_is_the_parents(tmp_path: Path) -> None:
    given = spec(parent=True)
    tokenizer = replying.tokenizer_of(given)
    start = shaken(causal.random_start(given.model, tokenizer.get_vocab_size(), 64, seed=5), seed=6)
    files.save(start, tokenizer, tmp_path / "9")
    found = build(given, tmp_path / "9")
    assert isinstance(found, Instructions)
    assert not found.origin.new and not found.origin.left and not found.origin.extended
    assert digest(found.model) == digest(files.load(tmp_path / "9"))


def test_the_same_spec_ends_at_the_same_weights_also_after_a_break(tmp_path: Path) -> None:
    given = spec(steps=6, learning_rate=1e-2)
    whole, twin, broken = (Training(build(given, None), given.train) for _ in range(3))
    losses = [step.loss for step in whole.steps()]
    assert [step.loss for step in twin.steps()] == losses and np.mean(losses[-2:]) < np.mean(losses[:2])
    for _ in range(3):
        broken.learn()
    broken.save_checkpoint(tmp_path / "checkpoint.safetensors", {})
    again = Training(build(given, None), given.train)
    again.load_checkpoint(tmp_path / "checkpoint.safetensors")
    for _ in again.steps():
        pass
    assert digest(whole.stage.model) == digest(twin.stage.model) == digest(again.stage.model)


def test_the_recipe_is_that_of_the_page() -> None:
    assert preset("instruct").parent == preset("icl") and preset("instruct").objective.dialogues == 2_000


# Its answers


def test_a_snapshot_replies_as_transformers_generates(made: Instructions, folders: dict[int, Path]) -> None:
    found = replies.answer(folders, ReplyTo(REQUEST))
    assert [each.step for each in found] == [0, 9] and found[0].words != found[1].words
    ids = torch.tensor([[CLS, *made.tokenizer.encode(REQUEST, add_special_tokens=False).ids]])
    bad = [[id] for id in NEVER]  # a special token is no reply
    for each in found:
        model: Any = AutoModelForCausalLM.from_pretrained(folders[each.step], local_files_only=True, dtype=torch.float32)
        written = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=dialogues.LONGEST, do_sample=False, bad_words_ids=bad
        )
        said = [made.tokenizer.id_to_token(id) for id in written[0, ids.shape[1] :].tolist() if id != SEP]
        assert each.text.split() == said and each.ended == (each.words[-1] == "(end)")
        assert ((each.chances > 0) & (each.chances <= 1)).all() and len(each.chances) == len(each.words)
        assert each.text == replying.replies(model, made.tokenizer, [REQUEST])[0]


def test_the_same_seed_draws_the_same_reply_and_another_another(folders: dict[int, Path]) -> None:
    one, again, other = (replies.answer(folders, ReplyTo(REQUEST, seed)) for seed in (3, 3, 4))
    assert [each.words for each in one] == [each.words for each in again] != [each.words for each in other]


def test_nothing_and_too_much_are_refused_in_a_sentence(folders: dict[int, Path]) -> None:
    for problem, text in (("no word to read", " "), ("has 64 tokens; this model reads 63", "owl " * 64)):
        with pytest.raises(ValueError, match=problem):
            replies.answer(folders, ReplyTo(text))
    assert len(replies.answer(folders, ReplyTo("owl " * 63))[0].words) == 1
    with pytest.raises(ValueError, match="tokens; this model reads 62"):
        losses_answer.answer(folders, LossesOf(REQUEST, "owl " * 60))
    assert not replies.answer({}, ReplyTo(REQUEST)) and not examined_answer.answer({}, Examine())
    assert not losses_answer.answer({}, LossesOf("", ""))


def test_examined_are_requests_of_each_sort_once_and_each_is_judged_by_its_rule(folders: dict[int, Path]) -> None:
    asked = list(examined_answer.requests(12))
    assert len({(each.kind, each.text) for _, each in asked}) == len(asked)
    for unseen, each in asked:
        split, last = dialogues.split_of(each.kind, each.slots["subject"]), each.wording == len(KINDS[each.kind].wordings) - 1
        learnt = each.kind not in HELD_KINDS
        truth = KIND if not learnt else LEARNT if split == "train" and not last else WORDING if last else SUBJECT
        assert unseen == truth and (split == "test" or unseen == LEARNT)
    assert {unseen for unseen, _ in asked} == {LEARNT, SUBJECT, WORDING, KIND}
    found = examined_answer.answer(folders, Examine())
    for answered in found:
        assert answered.requests == tuple(each.text for _, each in asked)
        assert answered.lacks == tuple(dialogues.lacks(each, said) for (_, each), said in zip(asked, answered.replies, strict=True))
    assert found[0].replies != found[1].replies


def test_losses_are_those_of_training_and_stand_at_their_tokens(made: Instructions, folders: dict[int, Path]) -> None:
    said = dialogues.Dialogue(dialogues.request("capital", 0, "France", Random(0)), "the capital of France is Paris .")
    [_, found] = losses_answer.answer(folders, LossesOf(said.request.text, said.reply))
    assert found.words == (*said.request.text.split(), *said.reply.split(), "(end)") and found.begins == len(said.request.text.split())
    ids, labels = replying.masked([replying.whole(made.tokenizer, said.request.text, said.reply)])
    loss = cross_entropy(*made.guess(type(made.batch(1))(torch.from_numpy(ids), torch.from_numpy(labels)))).item()
    assert found.losses[found.begins :].mean() == pytest.approx(loss, abs=0.02)  # a snapshot is in half precision


def test_a_model_that_never_read_requests_is_refused(tmp_path: Path) -> None:
    tokenizer = word_level(corpus.words())
    files.save(causal.random_start(spec().model, tokenizer.get_vocab_size(), 64, 0), tokenizer, tmp_path / "snapshots" / "0")
    with pytest.raises(ValueError, match="does not know the words of requests"):
        examined_answer.answer({0: tmp_path / "snapshots" / "0"}, Examine())
