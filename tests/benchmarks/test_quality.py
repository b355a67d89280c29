from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from benchmarks import race
from benchmarks.grid import DEFAULTS, GRID, MIDDLE, AdamW, Cell, Outcome, grid
from benchmarks.quality import bars_of, results_of
from llmviz.training.loop import Training
from tests.small import little_to_evaluate, spec, stage


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    little_to_evaluate(monkeypatch)


def outcome(steps: int, seconds: float, share: float) -> Outcome:
    return Outcome(Cell("mlm", "bert", MIDDLE), share >= 1, steps, seconds, share, {"loss": 1.0})


def test_who_got_there_is_better_than_who_did_not_and_sooner_is_better() -> None:
    soon, late = outcome(1_100, 17.0, 1.0), outcome(1_000, 40.0, 1.05)
    near, far, short = outcome(4_000, 60.0, 0.9), outcome(4_000, 50.0, 0.2), outcome(1_600, 20.0, 0.95)
    assert sorted([far, short, near, late, soon], key=lambda each: each.order) == [soon, late, near, far, short]


def test_the_grid_has_no_cell_twice_and_an_outcome_survives_json() -> None:
    assert len(set(GRID)) == len(GRID) and len(set(grid("mlm"))) == 2 * len(GRID)
    kept = outcome(1_100, 17.0, 1.0)
    assert Outcome.from_json(kept.to_json()) == kept and asdict(kept.cell) == kept.to_json()["cell"]


def test_a_peer_that_never_got_there_counts_with_all_it_took() -> None:
    def ran(cell: Cell, steps: int, seconds: float, share: float = 1.0) -> Outcome:
        return Outcome(cell, share >= 1, steps, seconds, share, {"loss": 1.0})

    runs = [ran(Cell("mlm", "roformer", seed=seed), 1_000, seconds) for seed, seconds in ((100, 9.0), (101, 10.0), (102, 30.0))]
    runs += [ran(Cell("mlm", "bert", GRID[0], seed), 4_000, 50.0, share=0.5) for seed in (100, 101, 102)]
    runs += [ran(Cell("mlm", "roformer", GRID[0], seed), 1_500, 25.0) for seed in (100, 101, 102)]
    runs += [ran(Cell("mlm", "roformer", MIDDLE, seed), 1_200, 15.0) for seed in (100, 101, 102)]
    runs += [ran(Cell("mlm", "bert", DEFAULTS, 100), 4_000, 50.0, share=0.0)]
    plain, same = bars_of(list(results_of("mlm", runs)))
    assert (plain.value, plain.cleared) == (5.0, True) and "more than this" in plain.note
    assert (same.value, same.wanted, same.note) == (1.5, "", "1.20 × in steps")


@pytest.mark.parametrize("adamw", [None, AdamW(1e-3)], ids=["llmviz", "Trainer"])
def test_both_sides_read_the_same_batches_and_pay_for_no_evaluation(monkeypatch: pytest.MonkeyPatch, adamw: AdamW | None) -> None:
    given = stage(spec("bert", steps=20))
    watch = race.Watch("mlm", given)
    read: list[dict[str, torch.Tensor]] = []
    clock: Any = SimpleNamespace(now=0.0, process_time=lambda: clock.now)
    batch = given.batch

    def batch_of_a_second(step: int) -> Any:
        clock.now += 1
        read.append(asdict(batch(step)))
        return batch(step)

    def evaluation_of_a_century() -> dict[str, float]:
        clock.now += 3e9
        return {"facts": 0.96 if watch.steps >= 4 else 0.5, "loss": 1.0}

    monkeypatch.setattr(race, "EVERY", 2)
    monkeypatch.setattr(race, "time", clock)
    monkeypatch.setattr(given, "batch", batch_of_a_second)
    monkeypatch.setattr(given, "evaluate", evaluation_of_a_century)
    if adamw:
        race.train_theirs(adamw, given, 20, watch, Cell("mlm", "bert", adamw))
    else:
        race.train_ours(Training(given, given.spec.train), watch, 20)
    assert watch.reached and watch.steps == 4
    assert 4 <= watch.seconds <= 6  # a DataLoader may read ahead
    for step, inputs in enumerate(read[:4], 1):
        assert all(torch.equal(inputs[name], wanted) for name, wanted in asdict(batch(step)).items())
