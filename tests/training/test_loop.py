"""The loop over a real stage: same spec same weights, and going on as if nothing had happened."""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from llmviz.core.spec import RunSpec
from llmviz.core.update import Begin, Done, Score, Snapshot, Step, Update
from llmviz.experiments.masked_lm.stage import MaskedTokens
from llmviz.training import loop
from llmviz.training.loop import MOST_SNAPSHOTS, Training, snapshot_steps
from tests.small import digest, spec, stage

LONG_ENOUGH = 45  # steps of which not every one is kept


def timeless(updates: list[Update]) -> list[Update]:
    return [replace(update, seconds=0.0) if isinstance(update, Step | Done) else update for update in updates]


def trained(given: RunSpec) -> tuple[str, list[Update]]:
    made = stage(given)
    updates = list(Training(made, given.train).updates())
    return digest(made.model), timeless(updates)


def test_a_run_begins_learns_and_ends() -> None:
    given = spec(steps=LONG_ENOUGH)
    made = stage(given)
    updates = list(Training(made, given.train).updates())
    assert isinstance(updates[0], Begin) and isinstance(updates[-1], Done)
    assert updates[0].steps == LONG_ENOUGH
    assert updates[0].vocabulary == made.text.vocabulary
    assert updates[0].references == made.references
    steps = [update for update in updates if isinstance(update, Step)]
    assert [update.step for update in steps] == list(range(1, LONG_ENOUGH + 1))
    assert [update.tokens for update in steps] == [made.batch(update.step).tokens for update in steps]
    assert all(earlier.seconds <= later.seconds for earlier, later in itertools.pairwise(steps))
    kept = [update.step for update in updates if isinstance(update, Snapshot)]
    assert kept == [update.step for update in updates if isinstance(update, Score)] == snapshot_steps(LONG_ENOUGH)
    assert len(kept) < LONG_ENOUGH
    assert updates[-1].step == LONG_ENOUGH
    assert {"loss", "floor", "accuracy", "accuracy_ceiling", "facts", "sounds"} <= set(updates[-1].metrics)


@pytest.mark.parametrize("architecture", ["roformer", "bert"])
def test_the_same_spec_gives_the_same_weights(architecture: str) -> None:
    given = spec(architecture, steps=12)
    assert trained(given) == trained(given)
    assert trained(given)[0] != trained(replace(given, seed=1))[0]


@pytest.mark.parametrize(("architecture", "optimizer"), [("roformer", "muon"), ("bert", "adamw")])
def test_resumed_at_any_checkpoint_it_ends_as_one_left_alone(architecture: str, optimizer: str, tmp_path: Path) -> None:
    given = spec(architecture, optimizer=optimizer)
    made, said, checkpoints = stage(given), list[Update](), list[tuple[Path, int]]()
    training = Training(made, given.train)
    for update in training.updates():
        said.append(update)
        if isinstance(update, Begin | Step | Snapshot):
            file = tmp_path / f"{len(said)}.safetensors"
            training.save_checkpoint(file, {"said": str(len(said))})
            checkpoints.append((file, len(said)))
    assert len(checkpoints) == 1 + 6 + 7
    for file, count in checkpoints:
        again = stage(given)
        resumed = Training(again, given.train)
        assert resumed.load_checkpoint(file) == {"said": str(count)}
        assert timeless(list(resumed.updates())) == timeless(said[count:])
        assert digest(again.model) == digest(made.model)


def test_resumed_between_two_snapshots_it_ends_as_one_left_alone(tmp_path: Path) -> None:
    given = spec(steps=LONG_ENOUGH, warmup=0.5)
    between = next(step for step in range(20, LONG_ENOUGH) if step not in snapshot_steps(LONG_ENOUGH))
    made, said = stage(given), list[Update]()
    training = Training(made, given.train)
    for update in training.updates():
        said.append(update)
        if isinstance(update, Step) and update.step == between:
            training.save_checkpoint(tmp_path / "checkpoint", {})
    again = stage(given)
    resumed = Training(again, given.train)
    resumed.load_checkpoint(tmp_path / "checkpoint")
    rest = list(resumed.updates())
    assert timeless(rest) == timeless(said[-len(rest) :])
    assert isinstance(rest[0], Step) and rest[0].step == between + 1
    assert digest(again.model) == digest(made.model)


def test_resumed_twice_and_with_the_seconds_already_spent(tmp_path: Path) -> None:
    given, file = spec(), tmp_path / "checkpoint"
    alone, _ = trained(given)
    made, before = stage(given), 0.0
    for last in (2, 4, 6):
        made = stage(given)
        training = Training(made, given.train)
        if before:
            training.load_checkpoint(file)
            assert training.seconds == before
        for update in training.updates():
            if isinstance(update, Step):
                assert update.seconds > before
                if update.step == last:
                    break
        training.save_checkpoint(file, {})
        before = training.seconds
    assert digest(made.model) == alone


def test_nothing_outside_is_drawn() -> None:
    torch.manual_seed(11)
    before = torch.get_rng_state()
    first, _ = trained(spec())
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(12)
    assert trained(spec())[0] == first


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now


def ticking(clock: Clock, made: MaskedTokens, name: str, seconds: float) -> Callable[..., object]:
    """The stage's own method, which takes so long by this clock."""
    method = getattr(made, name)

    def slow(*arguments: object) -> object:
        clock.now += seconds
        return method(*arguments)

    return slow


def test_a_pause_costs_no_training_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, given = Clock(), spec()
    made = stage(given)
    monkeypatch.setattr(loop, "time", clock)
    for name, seconds in {"batch": 1.0, "evaluate": 0.25, "test": 8.0}.items():
        monkeypatch.setattr(made, name, ticking(clock, made, name, seconds))
    found = []
    for update in Training(made, given.train).updates():
        if isinstance(update, Step | Done):
            found.append(update.seconds)
        clock.now += 1_000.0
    assert found == [step + 0.25 * step for step in range(1, 7)] + [6 + 0.25 * 7]  # the final test is no training


def test_a_loss_that_is_no_number_stops_the_run_with_a_sentence() -> None:
    given = spec()
    made = stage(given)
    with torch.no_grad():
        next(iter(made.model.parameters())).fill_(math.nan)
    with pytest.raises(FloatingPointError, match="no longer a number at step 1; a smaller learning rate"):
        Training(made, given.train).forward(made.batch(1))


def test_the_gradient_is_clipped_where_asked() -> None:
    clipped, free, tight = (trained(spec(clip=clip, optimizer="adamw", steps=3))[0] for clip in (1.0, 0.0, 1e-12))
    assert len({clipped, free, tight}) == 3


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 31, 32, 45, 348, 1_800, 20_000])
def test_snapshots_are_dense_early_and_not_too_many(steps: int) -> None:
    kept = snapshot_steps(steps)
    assert kept[0] == 0 and kept[-1] == steps
    assert len(kept) <= MOST_SNAPSHOTS == 32
    assert all(one < other for one, other in itertools.pairwise(kept))
    gaps = [other - one for one, other in itertools.pairwise(kept)]
    assert all(one <= other + 1 for one, other in itertools.pairwise(gaps))
    if steps > 100:
        assert sum(step <= steps / 3 for step in kept) >= len(kept) / 2


def test_one_step_is_a_run() -> None:
    weights, said = trained(spec(steps=1))
    assert [type(update).__name__ for update in said if not isinstance(update, Score)].count("Step") == 1
    assert [update.step for update in said if isinstance(update, Snapshot)] == [0, 1]
    assert weights != digest(stage(spec(steps=1)).model)


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("method", ["evaluate", "test"])
def test_an_evaluation_that_is_no_number_ends_the_run(method: str, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    given = spec()
    made = stage(given)
    monkeypatch.setattr(made, method, lambda: {"accuracy": 0.5, "loss": value})
    said: list[type[Update]] = []
    with pytest.raises(FloatingPointError, match=r"evaluation after step \d is no longer a number \(loss\); a smaller learning rate"):
        for update in Training(made, given.train).updates():
            said.append(type(update))
    assert Done not in said
    assert (Score in said, Snapshot in said) == ((False, False) if method == "evaluate" else (True, True))  # nothing broken is kept
