"""The loop over a stage that learns from texts it writes itself: it learns, and goes on as if nothing had happened."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from llmviz.core.questions.onestep import OneStep
from llmviz.core.spec import RunSpec
from llmviz.core.update import Begin, Done, Score, Snapshot, Step, Update
from llmviz.training import microscope
from llmviz.training.loop import Training
from llmviz.training.stage import OnPolicy
from tests import small, two_words
from tests.training.test_loop import timeless
from tests.two_words import BATCHES, EPOCHS, TwoWords, spec

PER_ROLLOUT = EPOCHS * BATCHES


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    two_words.registered(monkeypatch)


def begun(given: RunSpec) -> tuple[TwoWords, Training]:
    stage = TwoWords(given)
    return stage, Training(stage, given.train)


def moved(training: Training, steps: int) -> Training:
    """The training after so many steps of its loop."""
    for _ in range(steps):
        training.learn()
    return training


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_reward_rises_to_near_its_best_on_a_leash(seed: int) -> None:
    stage, training = begun(replace(spec(), seed=seed))
    said = list(training.updates())
    scores = [update.metrics for update in said if isinstance(update, Score)]
    assert sum(weight.numel() for weight in stage.model.parameters()) < 5_000
    assert abs(scores[0]["reward"] - 0.5) < 0.1 and scores[0]["kl"] == 0.0
    assert isinstance(said[-1], Done) and said[-1].metrics["reward"] > 0.95 and said[-1].metrics["best_reward"] == 1.0
    assert 1.5 < said[-1].metrics["kl"] < math.log(16) + 0.5  # one text of sixteen


def test_a_short_leash_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_words, "LEASH", 10.0)
    stage, training = begun(spec())
    moved(training, 90)
    assert stage.evaluate()["kl"] < 0.1 and stage.evaluate()["reward"] < 0.7


def test_one_rollout_serves_several_inner_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, training = begun(spec(steps=2 * PER_ROLLOUT))
    asked: list[tuple[int, str]] = []
    rollout = stage.rollout

    def noted(step: int) -> None:
        asked.append((step, small.digest(stage.model)))
        rollout(step)

    monkeypatch.setattr(stage, "rollout", noted)
    read = []
    for update in training.updates():
        if isinstance(update, Step):
            read.append(sorted(stage.batch(update.step).words.tolist()))
    assert [step for step, _ in asked] == [1, 1 + PER_ROLLOUT]
    assert asked[0][1] != asked[1][1]  # the second was written by the model of that moment
    epochs = [sorted(read[first] + read[first + 1]) for first in range(0, 2 * PER_ROLLOUT, BATCHES)]
    assert all(epoch == epochs[0] for epoch in epochs[:EPOCHS]) and epochs[EPOCHS] != epochs[0]


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_resumed_at_any_checkpoint_also_within_inner_epochs_it_ends_as_one_left_alone(optimizer: str, tmp_path: Path) -> None:
    given = spec(steps=2 * PER_ROLLOUT + 2, optimizer=optimizer)
    stage, training = begun(given)
    said, checkpoints = list[Update](), list[tuple[Path, int]]()
    for update in training.updates():
        said.append(update)
        if isinstance(update, Begin | Step | Snapshot):
            checkpoints.append((tmp_path / f"{len(said)}.safetensors", len(said)))
            training.save_checkpoint(checkpoints[-1][0], {})
    steps = {step for _, count in checkpoints if (step := said[count - 1].step) % PER_ROLLOUT}
    assert len(steps) == given.train.steps - 2  # all but those at which a rollout begins
    for file, count in checkpoints:
        again, resumed = begun(given)
        resumed.load_checkpoint(file)
        assert timeless(list(resumed.updates())) == timeless(said[count:])
        assert small.digest(again.model) == small.digest(stage.model)


@pytest.mark.parametrize("forgotten", ["words", "log_p", "advantage", "usual"])
def test_every_part_of_the_state_is_needed_to_end_at_the_same_weights(forgotten: str, tmp_path: Path) -> None:
    given = spec(steps=2 * PER_ROLLOUT)
    stage, training = begun(given)
    moved(training, 3).save_checkpoint(tmp_path / "checkpoint", {})
    moved(training, 2 * PER_ROLLOUT - 3)
    again, resumed = begun(given)
    resumed.load_checkpoint(tmp_path / "checkpoint")
    kept = dict(again.state())
    again.load_state({**kept, forgotten: 0.25 if forgotten == "usual" else torch.zeros_like(torch.as_tensor(kept[forgotten]))})
    moved(resumed, 2 * PER_ROLLOUT - 3)
    assert small.digest(again.model) != small.digest(stage.model)


def test_numbers_and_tensors_of_the_state_come_back_as_they_were(tmp_path: Path) -> None:
    stage, training = begun(spec())
    moved(training, PER_ROLLOUT + 1).save_checkpoint(tmp_path / "checkpoint", {"bytes": "7"})
    again, resumed = begun(spec())
    assert resumed.load_checkpoint(tmp_path / "checkpoint") == {"bytes": "7"}
    before, after = stage.state(), again.state()
    assert set(before) == set(after) == {"usual", "words", "log_p", "advantage"} and before["usual"] == after["usual"] != 0.0
    assert all(torch.equal(torch.as_tensor(value), torch.as_tensor(after[name])) for name, value in before.items())


def test_a_supervised_stage_is_of_the_other_kind() -> None:
    assert isinstance(TwoWords(spec()), OnPolicy) and not isinstance(small.stage(small.spec()), OnPolicy)


def test_nothing_is_written_with_weights_that_are_no_numbers() -> None:
    stage, training = begun(spec())
    moved(training, PER_ROLLOUT)
    with torch.no_grad():
        next(iter(stage.model.parameters())).fill_(math.nan)
    with pytest.raises(FloatingPointError, match=f"weights are no longer numbers after step {PER_ROLLOUT}; a smaller learning rate"):
        training.learn()


@pytest.mark.parametrize("behind", [0, 2, PER_ROLLOUT])
def test_the_microscope_takes_the_step_of_the_loop(behind: int) -> None:
    stage, training = begun(spec())
    other, alone = begun(spec())
    moved(training, behind)
    found = microscope.answer(training, OneStep(behind + 1))
    assert found.loss == pytest.approx(moved(alone, behind).learn().loss)
    assert small.digest(stage.model) == small.digest(other.model)
    assert found.texts[0][0] == "[CLS]" and set(found.truths) <= set(two_words.WORDS)


def test_the_microscope_says_that_texts_of_an_earlier_rollout_are_gone() -> None:
    _, training = begun(spec())
    moved(training, PER_ROLLOUT + 2)
    with pytest.raises(ValueError, match=f"the texts of step {PER_ROLLOUT:,} were written by the model itself, and are not kept"):
        microscope.answer(training, OneStep(PER_ROLLOUT))
    assert microscope.answer(training, OneStep(PER_ROLLOUT + 1)).batch == PER_ROLLOUT + 1


def test_weights_of_a_snapshot_within_inner_epochs_write_texts_of_their_own(tmp_path: Path) -> None:
    stage, training = begun(spec())
    moved(training, 2)
    stage.save(tmp_path / "2")
    again, standing = begun(spec())
    standing.load_snapshot(tmp_path / "2", 2)
    assert again.written and standing.learn().step == 3
