"""The microscope over a real stage: its numbers are the loop's, to the last bit."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from llmviz.core.questions.onestep import OneStep, Opened
from llmviz.core.spec import RunSpec
from llmviz.core.update import Begin, Step
from llmviz.experiments.masked_lm.stage import MaskedTokens
from llmviz.training import microscope
from llmviz.training.loop import Training
from tests.small import digest, spec, stage


def standing(given: RunSpec, behind: int, file: Path) -> tuple[MaskedTokens, Training]:
    """A training made anew at the checkpoint that another left after so many steps, and where that one stands: before its next step."""
    first = Training(stage(given), given.train)
    for update in first.updates():
        if isinstance(update, Begin | Step) and update.step == behind:
            break
    first.save_checkpoint(file, {})
    made = stage(given)
    again = Training(made, given.train)
    again.load_checkpoint(file)
    return made, again


def loop(given: RunSpec, last: int) -> tuple[Step, MaskedTokens]:
    """What the loop says of its step number `last`, and the stage as that step leaves it."""
    made = stage(given)
    for update in Training(made, given.train).updates():
        if isinstance(update, Step) and update.step == last:
            return update, made
    raise AssertionError("the loop ended before")


@pytest.mark.parametrize("behind", [0, 1, 4])
@pytest.mark.parametrize("settings", [{}, {"architecture": "bert", "optimizer": "adamw", "clip": 0.0}, {"clip": 0.05}])
def test_its_numbers_are_the_loops(settings: dict[str, Any], behind: int, tmp_path: Path) -> None:
    given = spec(**settings)
    said, after = loop(given, behind + 1)
    made, training = standing(given, behind, tmp_path / "checkpoint")
    found = microscope.answer(training, OneStep(behind + 1))
    assert found.step == behind
    assert found.loss == said.loss  # to the last bit
    assert digest(made.model) == digest(after.model)
    with torch.no_grad():
        assert found.after == after.loss(after.batch(behind + 1)).item()


def test_the_losses_of_all_targets_make_the_loss_of_the_batch(tmp_path: Path) -> None:
    given = spec()
    made, training = standing(given, 2, tmp_path / "checkpoint")
    found = microscope.answer(training, OneStep(3, texts=100))
    assert len(found.texts) == found.count == len(made.batch(3).input_ids)
    assert found.nats.shape == found.probability.shape == (2, len(found.truths)) == (2, sum(map(len, found.places)))
    assert found.nats[0].mean() == pytest.approx(found.loss, abs=1e-5)
    assert found.nats[1].mean() == pytest.approx(found.after, abs=1e-5)
    assert np.allclose(np.exp(-found.nats), found.probability, atol=1e-6)
    assert (found.chances[:, :, 0] >= found.probability - 1e-6).all() and (np.diff(found.chances) <= 0).all()


def test_gradients_and_moves_are_those_of_each_tensor(tmp_path: Path) -> None:
    given = spec(clip=0.05)
    made, training = standing(given, 3, tmp_path / "checkpoint")
    before = {name: weight.detach().clone() for name, weight in made.model.named_parameters()}
    logits, right = made.guess(made.batch(4))
    loss = cross_entropy(logits, right)
    names = [name for name, weight in made.model.named_parameters() if weight.requires_grad]
    expected = torch.autograd.grad(loss, [made.model.get_parameter(name) for name in names])
    found = microscope.answer(training, OneStep(4))
    assert list(found.tensors) == names
    assert found.gradient == pytest.approx([float(gradient.norm()) for gradient in expected], rel=1e-4)
    assert found.length == pytest.approx([float(before[name].norm()) for name in names], rel=1e-5)
    after = dict(made.model.named_parameters())
    assert found.moved == pytest.approx([float((after[name].detach() - before[name]).norm()) for name in names], rel=1e-5)
    assert found.clip == pytest.approx(0.05) and math.hypot(*found.gradient) > found.clip


def test_each_tensor_names_what_moves_it_and_how_fast(tmp_path: Path) -> None:
    given = spec(steps=10, warmup=0.5)
    _, training = standing(given, 2, tmp_path / "checkpoint")
    found = microscope.answer(training, OneStep(3))
    share = 3 / 5  # of the warm-up
    expected = {"Muon": given.train.muon_learning_rate * share, "AdamW": given.train.learning_rate * share}
    assert set(found.movers) == set(expected)
    assert found.rates == pytest.approx([expected[mover] for mover in found.movers])
    inside = [".layer." in name and not name.endswith("bias") and "LayerNorm" not in name for name in found.tensors]
    assert [mover == "Muon" for mover in found.movers] == inside


def test_texts_of_an_earlier_batch_are_looked_at_again(tmp_path: Path) -> None:
    given = spec()
    opened: list[Opened] = []
    for behind in (1, 2):
        _, training = standing(given, behind, tmp_path / f"checkpoint-{behind}")
        opened.append(microscope.answer(training, OneStep(2)))
    first, second = opened
    assert first.texts == second.texts and first.places == second.places and first.truths == second.truths
    assert np.array_equal(first.probability[1], second.probability[0])  # what one step leaves is what the next one finds
    assert second.loss != first.loss and second.batch == 2


def test_what_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    _, training = standing(spec(), 2, tmp_path / "checkpoint")
    for batch in (0, 4):
        with pytest.raises(ValueError, match="the next one is step 3"):
            microscope.answer(training, OneStep(batch))
    _, last = standing(spec(), 6, tmp_path / "last")
    with pytest.raises(ValueError, match="all 6 steps are taken"):
        microscope.answer(last, OneStep(6))


def test_only_as_many_texts_and_candidates_as_asked_for(tmp_path: Path) -> None:
    _, training = standing(spec(batch_size=8), 0, tmp_path / "checkpoint")
    found = microscope.answer(training, OneStep(1, texts=2, top=3))
    assert len(found.texts) == 2 < found.count
    assert found.chances.shape == (2, len(found.truths), 3)
    assert {len(row) for rows in found.words for row in rows} == {3}
