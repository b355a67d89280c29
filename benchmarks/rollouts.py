"""How much of an on-policy step is writing: of a rollout and the updates made from it. One thread, as a worker has."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks.bar import Bar
from llmviz.core.spec import RunSpec, begun, others
from llmviz.experiments.building import build
from llmviz.training.policy import Policy

TURNS = 6


def bars(home: Path) -> Iterator[Bar]:
    """The share of the time of PPO and GRPO that drawing replies takes; the rest is judging them, and learning."""
    torch.set_num_threads(1)
    start = RunSpec("instruct")
    build(start, None).save(home / "start")
    for stage in ("grpo", "ppo"):
        spec = begun(stage, start, start.text)
        (judge,) = others(spec.inputs).values()
        assert isinstance(judge, RunSpec)
        build(judge, home / "start").save(home / "reward")
        policy = build(spec, home / "start", reward=home / "reward")
        assert isinstance(policy, Policy)
        shares = [_share(policy, step) for step in range(1, 1 + 2 * TURNS, 2)][1:]  # the first fills what is filled once
        note = f"{spec.train.batch_size} replies of random weights, which end none; median of {len(shares)}"
        yield Bar(f"{stage}: share of a step that is writing", statistics.median(shares), "%", most=0.5, note=note)


def _share(policy: Policy, step: int) -> float:
    """Of one rollout and its updates."""
    requests = policy.requests(step, policy.spec.train.batch_size)
    began = time.perf_counter()
    policy.helper(policy.model).draw(requests, torch.Generator().manual_seed(step))
    written = time.perf_counter() - began
    began = time.perf_counter()
    policy.rollout(step)  # type: ignore[attr-defined] # of every policy that trains
    for _ in range(policy.updates_per_rollout):  # type: ignore[attr-defined] # of every policy that trains
        policy.loss(policy.batch(step)).backward()  # type: ignore[attr-defined] # as above
    return written / (time.perf_counter() - began)
