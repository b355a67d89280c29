"""The reward model: the loss by hand, no order of the two replies, and answers of real models to what its page asks."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from llmviz.core.feedback import ChoicesSpec
from llmviz.core.settings import ModelSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.experiments.reward import answer, fit_answer, moved_answer, pairs_answer
from llmviz.experiments.reward import stage as stages
from llmviz.experiments.reward.question import DrawPairs, FitHead, Judge, TakeOut
from llmviz.experiments.reward.stage import ChoiceBatch, Reward
from llmviz.models import causal, files, rewarding
from llmviz.text import own_choices
from llmviz.training import replying
from tests.small import shaken
from tests.text.test_own_choices import made

REQUEST, REPLIES = "how was the soup ?", ("the soup was lovely .", "the soup was awful .", "")


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, Path]:
    """A snapshot of a model that writes the words of replies at random."""
    folder = tmp_path_factory.mktemp("tuned") / "10"
    tokenizer = replying.tokenizer_of(preset("instruct"))
    files.save(causal.random_start(ModelSpec("neox"), tokenizer.get_vocab_size(), 64, 3), tokenizer, folder)
    return {10: folder}


def spec(**settings: object) -> RunSpec:
    usual = preset("reward")
    return replace(usual, objective=replace(usual.objective, clicks=24, **settings), train=replace(usual.train, steps=4, batch_size=8))


@pytest.fixture
def stage(tuned: Mapping[int, Path], monkeypatch: pytest.MonkeyPatch) -> Reward:
    monkeypatch.setattr(stages, "VALIDATION", 20)
    made = stages.build(spec(), tuned[10])
    shaken(made.model, 1)
    return made


def test_a_new_head_finds_all_replies_alike(tuned: Mapping[int, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "VALIDATION", 20)
    stage = stages.build(spec(), tuned[10])
    assert stage.evaluate() == {"pair_accuracy": 0.5, "loss": pytest.approx(math.log(2))}
    assert stage.references == {"random_guess": math.log(2), "chance": 0.5}


def test_the_loss_is_that_of_bradley_and_terry(stage: Reward) -> None:
    batch = stage.batch(1)
    preferred, other = rewarding.rewards(stage.model, batch.preferred), rewarding.rewards(stage.model, batch.other)
    by_hand = [-math.log(1 / (1 + math.exp(-difference))) for difference in (preferred - other).tolist()]
    assert stage.loss(batch).item() == pytest.approx(sum(by_hand) / len(by_hand), abs=1e-5)


def test_a_reward_knows_no_order_and_no_neighbour(stage: Reward) -> None:
    batch = stage.batch(1)
    turned = ChoiceBatch(batch.other, batch.preferred)
    (one, _), (other, _) = stage.guess(batch), stage.guess(turned)
    assert torch.allclose(one, other.flip(-1), atol=1e-6)  # the reply has one reward, on whichever side it stands
    backwards = ChoiceBatch(batch.preferred[::-1], batch.other[::-1])
    assert stage.loss(backwards).item() == pytest.approx(stage.loss(batch).item(), abs=1e-6)
    alone = rewarding.rewards(stage.model, batch.preferred[:1])
    assert one[0, 0].item() == pytest.approx(alone.item(), abs=1e-5)  # padding changes nothing


def test_a_head_alone_is_at_its_minimum_and_knows_no_order() -> None:
    draw = torch.Generator().manual_seed(0)
    differences = torch.randn(40, 6, dtype=torch.float64, generator=draw) + torch.tensor([1.0, 0, 0, 0, 0, 0], dtype=torch.float64)
    head = fit_answer.bradley_terry(differences)
    order = torch.randperm(40, generator=draw)
    assert torch.allclose(head, fit_answer.bradley_terry(differences[order]), atol=1e-9)
    assert torch.allclose(-head, fit_answer.bradley_terry(-differences), atol=1e-9)
    scale = differences.square().mean(0).sqrt()

    def loss(weights: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(-differences @ weights).mean() + fit_answer.STRENGTH / 2 * (weights * scale).square().sum()

    weights = head.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(loss(weights), weights)
    assert slope.abs().max() < 1e-8 and head[0] > 0


def test_pairs_differ_and_are_the_same_each_time(tuned: Mapping[int, Path]) -> None:
    (first,), (again,), (second,) = (pairs_answer.answer(tuned, DrawPairs(sheet)) for sheet in (0, 0, 1))
    assert first.one == again.one and first.requests == again.requests and first.one != second.one
    assert all(one != other for one, other in zip(first.one, first.other, strict=True))
    assert len(first.kinds) == len(first.requests) == len(first.wordings) == len(first.subjects) > 0
    assert all(subject in request.split() for subject, request in zip(first.subjects, first.requests, strict=True))


def test_a_head_alone_learns_own_choices_and_those_of_the_simulated_labeller(
    tuned: Mapping[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_answer, "APART", 20)
    (found,) = fit_answer.answer(tuned, FitHead(clicks=30))
    assert (
        (found.learnt, found.apart) == (30, 20) and 0 <= found.accuracy <= 1 and len(found.words) == len(found.change) == len(found.count)
    )
    digest = own_choices.keep(made(*(1,) * 10))  # the first one always: "fine" it is, not "dull"
    (own,) = fit_answer.answer(tuned, FitHead(digest))
    assert (own.learnt, own.apart, own.accuracy) == (8, 2, 1.0)
    assert dict(zip(own.words, own.change, strict=True))["dull"] < dict(zip(own.words, own.change, strict=True))["fine"]
    with pytest.raises(ValueError, match="to train takes 10 choices"):
        fit_answer.answer(tuned, FitHead(own_choices.keep(made(1, 1, 1))))


def test_each_beginning_has_the_reward_of_a_reply_that_ends_there(stage: Reward, tmp_path: Path) -> None:
    folders = {step: tmp_path / "run" / str(step) for step in (0, 4)}
    for folder in folders.values():
        stage.save(folder)
    first, last = answer.answer(folders, Judge(REQUEST, REPLIES))
    assert (first.step, last.step) == (0, 4) and first.lengths.tolist() == [5, 5, 0]
    assert first.tokens == (*REPLIES[0].split(), *REPLIES[1].split())
    assert np.isnan(first.rewards[2, 1:]).all() and np.array_equal(first.rewards, last.rewards, equal_nan=True)
    kept = files.load(folders[4])
    ids = stage.tokenizer.encode(f"{REQUEST} the soup was", add_special_tokens=False).ids
    assert last.rewards[0, 3] == pytest.approx(rewarding.rewards(kept, [ids]).item(), abs=1e-5)
    assert last.rewards[0, 3] == pytest.approx(last.rewards[1, 3], abs=1e-6) and last.rewards[0, 4] != pytest.approx(
        last.rewards[1, 4], abs=1e-6
    )
    with pytest.raises(ValueError, match="this model reads"):
        answer.answer(folders, Judge(REQUEST, ("soup " * 70,)))
    assert Judge(REQUEST, REPLIES).refusal("instruct") and not Judge(REQUEST, REPLIES).refusal("reward")


def test_a_word_moves_a_reward_by_what_is_lost_without_it(stage: Reward, tmp_path: Path) -> None:
    stage.save(tmp_path / "run" / "4")
    replies = ("the soup was lovely .", "the soup was awful .", "it was lovely .", "lovely soup .")
    (found,) = moved_answer.answer({4: tmp_path / "run" / "4"}, TakeOut((REQUEST,) * 4, replies))
    assert set(found.words) == {"soup", "was", "lovely", "."}  # in three replies or more
    without = ("the soup was .", "it was .", "soup .")

    def reward(reply: str) -> float:
        (judged,) = answer.answer({4: tmp_path / "run" / "4"}, Judge(REQUEST, (reply,)))
        return float(judged.rewards[0, judged.lengths[0]])

    by_hand = np.mean([reward(whole) - reward(rest) for whole, rest in zip((replies[0], replies[2], replies[3]), without, strict=True)])
    assert found.change[found.words.index("lovely")] == pytest.approx(by_hand, abs=1e-5)
    assert found.count[found.words.index("lovely")] == 3
    (nothing,) = moved_answer.answer({4: tmp_path / "run" / "4"}, TakeOut((), ()))
    assert nothing.words == ()


def test_settings_of_the_page_and_of_a_run_are_the_same() -> None:
    asked, settings = FitHead(), ChoicesSpec()
    assert (asked.clicks, asked.taste, asked.noise) == (settings.clicks, settings.taste, settings.noise)
