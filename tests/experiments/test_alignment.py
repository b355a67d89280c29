"""DPO, PPO and GRPO: losses and gradients against numbers worked out by hand, and what all of them keep to."""

import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from llmviz.core.feedback import LeashSpec, PreferenceSpec
from llmviz.experiments.dpo.stage import Dpo, Pairs
from llmviz.experiments.grpo import stage as grpo
from llmviz.experiments.grpo.stage import Grpo
from llmviz.experiments.ppo import stage as ppo
from llmviz.experiments.ppo.stage import Ppo
from llmviz.training import alignment
from llmviz.training.alignment import Replies
from llmviz.training.loop import Training
from tests import small
from tests.aligned import Aligned, aligned, little

CPU = torch.device("cpu")
TWO = Replies.of([[7], [7]], [[8, 9], [10]], CPU)  # of two tokens and of one
POLICIES = ("grpo", "ppo")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aligned]:
    with pytest.MonkeyPatch.context() as patch:
        small.little_to_evaluate(patch)
        little(patch)
        yield aligned(tmp_path_factory.mktemp("aligned"))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    little(monkeypatch)


def given(monkeypatch: pytest.MonkeyPatch, *log_probabilities: torch.Tensor) -> None:
    """What the model says of the replies it is asked for, one after the other."""
    left = iter(log_probabilities)
    monkeypatch.setattr(alignment, "log_probabilities", lambda model, replies: next(left))


def stub(beta: float, **remembered: torch.Tensor) -> Any:
    return SimpleNamespace(model=None, objective=LeashSpec(beta), remembered=remembered)


# By hand


def test_the_loss_of_grpo_and_its_gradient_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = torch.tensor([0.55, 0.5, 0.2]).log().requires_grad_()
    given(monkeypatch, policy)
    drawn_with, reference = torch.tensor([0.5, 0.5, 0.4]).log(), torch.tensor([0.55, 0.25, 0.2]).log()
    loss = Grpo.loss(cast(Grpo, stub(0.5, drawn_with=drawn_with, reference=reference, advantages=torch.tensor([1.0, -1.0]))), TWO)
    leash = 0.5 * (0.5 - 1 + math.log(2))  # β (r − 1 − ln r) where the start finds the token half as likely
    first = (-1.1 + (-1.0 + leash)) / 2  # ratios 1.1 and 1, advantage 1: neither is clipped
    second = 0.8  # ratio 0.5, advantage −1: clipped at 0.8
    assert loss.item() == pytest.approx((first + second) / 2)
    loss.backward()
    assert policy.grad is not None
    assert policy.grad.tolist() == pytest.approx([-1.1 / 4, (-1.0 + 0.5 * (1 - 0.5)) / 4, 0.0])  # what is clipped has no gradient


def test_the_loss_of_ppo_and_its_gradient_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = torch.tensor([0.55, 0.2, 0.6]).log().requires_grad_()
    given(monkeypatch, policy)
    advantages = torch.tensor([1.0, -0.5, 2.0])
    loss = Ppo.loss(cast(Ppo, stub(0.0, drawn_with=torch.tensor([0.5, 0.4, 0.4]).log(), advantages=advantages)), TWO)
    assert loss.item() == pytest.approx(-(1.1 * 1.0 + 0.8 * -0.5 + 1.2 * 2.0) / 3)  # ratios 1.1, 0.5 and 1.5, the last two clipped
    loss.backward()
    assert policy.grad is not None and policy.grad.tolist() == pytest.approx([-1.1 / 3, 0.0, 0.0])


def test_the_loss_of_dpo_and_its_gradient_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    preferred, other = torch.tensor([-0.4, -0.6, -1.0], requires_grad=True), torch.tensor([-1.5, -0.5, -1.0], requires_grad=True)
    given(monkeypatch, preferred, other)
    made = SimpleNamespace(model=None, objective=PreferenceSpec(beta=0.5))
    made.guess = lambda batch: Dpo.guess(cast(Dpo, made), batch)
    loss = Dpo.loss(cast(Dpo, made), Pairs(TWO, TWO, torch.tensor([-1.5, -1.0]), torch.tensor([-1.0, -1.0])))
    first = 0.5 * ((-1.0 + 1.5) - (-2.0 + 1.0))  # β (log-ratio of the preferred − log-ratio of the other)
    assert loss.item() == pytest.approx((math.log1p(math.exp(-first)) + math.log(2)) / 2)  # of the second pair both ratios are 0
    loss.backward()
    pull = [0.5 / (1 + math.exp(first)) / 2] * 2 + [0.5 * 0.5 / 2]
    assert preferred.grad is not None and other.grad is not None
    assert preferred.grad.tolist() == pytest.approx([-each for each in pull]) and other.grad.tolist() == pytest.approx(pull)


def test_both_replies_may_become_rarer_and_the_loss_of_dpo_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    objective = SimpleNamespace(model=None, objective=PreferenceSpec(beta=0.5))
    zero = torch.zeros(2)
    losses = []
    for fall, further in ((0.0, 0.0), (-1.0, -5.0)):
        given(monkeypatch, torch.full((3,), fall), torch.full((3,), further))
        losses.append(torch.nn.functional.cross_entropy(*Dpo.guess(cast(Dpo, objective), Pairs(TWO, TWO, zero, zero))).item())
    assert losses[1] < losses[0]


def test_advantages_are_deviations_from_the_group_and_none_where_all_earn_alike() -> None:
    found = grpo.advantages(torch.tensor([[1.0, 3.0], [5.0, 5.0]]))
    assert found[0].tolist() == pytest.approx([-1 / (math.sqrt(2) + grpo.LEAST), 1 / (math.sqrt(2) + grpo.LEAST)])
    assert found[1].tolist() == [0.0, 0.0]


def test_each_token_pays_for_its_distance_and_the_last_earns_the_reward() -> None:
    earned = ppo.token_rewards(TWO, torch.tensor([2.0, -1.0]), torch.tensor([0.1, -0.2, 0.3]), beta=0.5)
    assert earned.tolist() == pytest.approx([-0.05, 0.1 + 2.0, -0.15 - 1.0])


def test_generalised_advantages_are_the_sum_of_the_textbook() -> None:
    random = torch.Generator().manual_seed(0)
    replies = Replies.of([[7], [7], [7]], [[8, 9, 10, 11], [12], [13, 14]], CPU)
    earned, values = torch.randn(2, 7, generator=random)
    expected = []
    for first, end in ((0, 4), (4, 5), (5, 7)):
        after = [*values[first + 1 : end].tolist(), 0.0]  # nothing comes after a reply
        surprises = [earned[place].item() + after[place - first] - values[place].item() for place in range(first, end)]
        expected += [sum(ppo.LAMBDA**far * each for far, each in enumerate(surprises[place:])) for place in range(len(surprises))]
    assert ppo.generalised_advantages(replies, earned, values).tolist() == pytest.approx(expected, abs=1e-5)


def test_a_critic_that_is_fitted_foretells_better_and_stays_where_nothing_is_new() -> None:
    states, wanted = torch.randn(400, 5, generator=torch.Generator().manual_seed(0)), torch.tensor([1.0, -2, 0, 3, 0.5])
    critic, returns = torch.zeros(5), states @ wanted
    errors = [((returns - states @ critic) ** 2).mean().item()]
    for _ in range(3):
        critic = ppo.fitted(critic, states, returns)
        errors.append(((returns - states @ critic) ** 2).mean().item())
    assert errors[0] > 4 * errors[1] > 16 * errors[2] and errors[3] < 0.01 * errors[0]
    assert torch.allclose(ppo.fitted(wanted, states, returns), wanted, atol=1e-4)


# The stages themselves


@pytest.mark.parametrize("stage", ["grpo", "ppo", "dpo"])
def test_at_the_start_it_is_no_distance_away_and_wins_half(stage: str, weights: Aligned) -> None:
    found = weights.build(weights.run(stage, objective=PreferenceSpec(clicks=8) if stage == "dpo" else None)).evaluate()
    assert found["kl"] == 0.0 and found["win_rate"] == 0.5
    assert all(map(math.isfinite, found.values()))


def test_dpo_begins_at_ln_2(weights: Aligned) -> None:
    made = weights.build(weights.run("dpo", objective=PreferenceSpec(clicks=8), batch_size=8))
    assert made.loss(made.batch(1)).item() == pytest.approx(math.log(2), abs=1e-5)


@pytest.mark.parametrize("stage", POLICIES)
def test_where_all_rewards_are_equal_nothing_is_learnt_and_nothing_breaks(stage: str, weights: Aligned) -> None:
    made = weights.build(weights.run(stage, objective=LeashSpec(0.0)))
    with torch.no_grad():
        made.reward.get_submodule("score").get_parameter("weight").zero_()
    if stage == "ppo":
        made._critic = torch.zeros_like(made._critic)
    assert "spread" not in made.evaluate()
    made.rollout(1)
    assert set(made.remembered["rewards"].tolist()) == {0.0} and set(made.remembered["advantages"].tolist()) == {0.0}
    assert made.evaluate()["spread"] == 0.0
    loss = made.loss(made.batch(1))
    loss.backward()
    gradients = [weight.grad for weight in made.model.parameters() if weight.grad is not None]
    assert loss.item() == 0.0 and gradients and all((gradient == 0).all() for gradient in gradients)


@pytest.mark.parametrize("stage", POLICIES)
def test_a_rollout_is_a_function_of_seed_step_and_weights(stage: str, weights: Aligned) -> None:
    def drawn(step: int, seed: int = 0, moved: float = 0.0) -> list[list[int]]:
        made = weights.build(weights.run(stage, seed=seed))
        with torch.no_grad():
            for weight in made.model.parameters():
                weight.add_(moved * torch.randn(weight.shape, generator=torch.Generator().manual_seed(3)))
        made.rollout(step)
        found: list[list[int]] = made.batch(step).input_ids.tolist()
        return found

    assert drawn(3) == drawn(3)
    assert drawn(3) not in (drawn(5), drawn(3, seed=1), drawn(3, moved=0.5))


@pytest.mark.parametrize("stage", POLICIES)
def test_resumed_also_within_a_rollout_it_ends_at_the_same_weights(stage: str, weights: Aligned, tmp_path: Path) -> None:
    spec = weights.run(stage)
    whole = Training(weights.build(spec), spec.train)
    for step in range(1, spec.train.steps + 1):
        whole.learn()
        whole.save_checkpoint(tmp_path / str(step), {})
    for step in range(1, spec.train.steps):
        resumed = Training(weights.build(spec), spec.train)
        resumed.load_checkpoint(tmp_path / str(step))
        for _ in range(step, spec.train.steps):
            resumed.learn()
        assert small.digest(resumed.stage.model) == small.digest(whole.stage.model), step
    assert small.digest(whole.stage.model) != small.digest(weights.build(spec).model)


def test_a_critic_learns_from_rollout_to_rollout(weights: Aligned) -> None:
    made = weights.build(weights.run("ppo"))
    made.rollout(1)
    first = made.remembered["critic"]
    made.rollout(3)
    assert not torch.equal(first, made.remembered["critic"])
    again = weights.build(weights.run("ppo"))
    again.load_state(made.state())
    assert torch.equal(again.remembered["critic"], made.remembered["critic"])


def test_a_reward_model_of_another_vocabulary_is_refused(weights: Aligned) -> None:
    with pytest.raises(ValueError, match="this run gives no reward to texts of the model it is to judge"):
        grpo.build(weights.run("grpo"), weights.start, weights.start)
