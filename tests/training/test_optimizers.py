import itertools
from collections import Counter
from typing import Any

import pytest
import torch

from llmviz.core.settings import ModelSpec, TrainSpec
from llmviz.models import t5
from llmviz.models.masked import random_start
from llmviz.training.muon import Muon
from llmviz.training.optimizers import optimizers, schedule


@pytest.mark.parametrize("architecture", ["roformer", "bert"])
@pytest.mark.parametrize("chosen", ["muon", "adamw"])
def test_together_they_move_every_weight_once(architecture: str, chosen: str) -> None:
    model = random_start(ModelSpec(architecture), 50, 32, seed=0)
    found = optimizers(model, TrainSpec(optimizer=chosen))
    held = Counter(id(weight) for optimizer in found for group in optimizer.param_groups for weight in group["params"])
    assert set(held.values()) == {1}  # the tied weights, too
    assert set(held) == {id(weight) for weight in model.parameters() if weight.requires_grad}
    assert [type(optimizer) for optimizer in found] == ([Muon] if chosen == "muon" else []) + [torch.optim.AdamW]


@pytest.mark.parametrize("architecture", ["roformer", "bert"])
def test_muon_has_the_matrices_inside_the_blocks(architecture: str) -> None:
    model = random_start(ModelSpec(architecture), 50, 32, seed=0)
    muon, rest = optimizers(model, TrainSpec())
    names = {id(weight): name for name, weight in model.named_parameters()}
    inside = {names[id(weight)] for weight in muon.param_groups[0]["params"]}
    assert len(inside) == 2 * 6  # two blocks of query, key, value, output and the two of the feed-forward part
    assert all("encoder.layer" in name for name in inside)
    others = {id(weight) for weight in rest.param_groups[0]["params"]}
    assert id(model.get_input_embeddings().weight) in others
    assert muon.param_groups[0]["lr"] == TrainSpec().muon_learning_rate
    assert rest.param_groups[0]["lr"] == TrainSpec().learning_rate


def test_muon_has_the_matrices_of_both_stacks_of_a_t5_and_no_table() -> None:
    model = t5.random_start(ModelSpec("t5"), 50, 32, seed=0)
    found = optimizers(model, TrainSpec())
    names = {id(weight): name for name, weight in model.named_parameters()}
    inside = [names[id(weight)] for weight in found[0].param_groups[0]["params"]]
    # Two blocks that read, of four matrices of attention and two of the feed-forward part; two that write have four more each.
    assert len(inside) == len(set(inside)) == 2 * 6 + 2 * 10
    assert not any("relative_attention_bias" in name or "shared" in name for name in inside)
    held = Counter(id(weight) for optimizer in found for group in optimizer.param_groups for weight in group["params"])
    assert set(held.values()) == {1} and set(held) == set(names)


def rates(**settings: Any) -> list[float]:
    """The learning rate of each step, as a share of the whole."""
    train = TrainSpec(**settings)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    rate, found = schedule(optimizer, train), []
    for _ in range(train.steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        rate.step()
    return [*found, optimizer.param_groups[0]["lr"]]


@pytest.mark.parametrize(("steps", "warmup"), [(100, 0.1), (1_000, 0.02), (37, 0.3), (10, 0.5)])
def test_the_rate_rises_peaks_and_falls_to_zero(steps: int, warmup: float) -> None:
    found = rates(steps=steps, warmup=warmup)
    peak = found.index(max(found))
    assert max(found) == 1.0
    assert abs(peak - warmup * steps) < 1.5
    assert all(one < other for one, other in itertools.pairwise(found[: peak + 1]))
    falling = found[found.index(1.0) + found.count(1.0) - 1 :]
    assert all(one > other for one, other in itertools.pairwise(falling))
    assert found[0] > 0 and found[-2] > 0
    assert found[-1] == 0


@pytest.mark.parametrize("warmup", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_runs_have_a_rate(steps: int, warmup: float) -> None:
    found = rates(steps=steps, warmup=warmup)
    assert all(0 < rate <= 1 for rate in found[:-1])
    assert max(found) == 1.0
