"""What a model was pretrained for, measured and replayed while it is fine-tuned."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from llmviz.core import forgetting
from llmviz.core.settings import LabelsSpec, ModelSpec
from llmviz.core.spec import RunSpec, starting_from
from llmviz.core.update import Done, Score
from llmviz.experiments.building import build
from llmviz.training.loop import Training


def parent_of(architecture: str, folder: Path) -> RunSpec:
    """A pretraining, and in the folder weights of its model that have moved a little, so that words are not equally likely."""
    spec = RunSpec("mlm" if architecture in ("roformer", "bert") else "clm", model=ModelSpec(architecture))
    spec = replace(spec, train=replace(spec.train, steps=4, batch_size=16))
    made = build(spec, None)
    for _ in Training(made, spec.train).steps():
        pass
    made.save(folder)
    return spec


def child_of(parent: RunSpec, stage: str = "sentiment", **settings: Any) -> RunSpec:
    spec = RunSpec(stage, starting_from(parent), model=parent.model)
    train = replace(spec.train, steps=3, batch_size=8, learning_rate=1e-2)
    return replace(spec, train=train, objective=replace(spec.objective, **settings))


@pytest.fixture(scope="module", params=["roformer", "bert", "neox", "gpt2"])
def pretrained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunSpec, Path]:
    folder = tmp_path_factory.mktemp("parent") / "4"
    return parent_of(request.param, folder), folder


def measured(spec: RunSpec, folder: Path) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """The figures before the first step, after the last, and on test data."""
    said = list(Training(build(spec, folder), spec.train).updates())
    scores = [update.metrics for update in said if isinstance(update, Score)]
    assert isinstance(said[-1], Done)
    return scores[0], scores[-1], said[-1].metrics


def test_before_the_first_step_everything_is_as_pretraining_left_it(pretrained: tuple[RunSpec, Path]) -> None:
    spec, folder = pretrained
    parent = build(spec, folder)
    parent.model.eval()
    before, after, tested = measured(child_of(spec), folder)
    there = forgetting.named(parent.evaluate())
    assert {name: before[name] for name in there} == pytest.approx(there)  # the same sets, the same head, the same body
    assert {*forgetting.metrics(child_of(spec))} - {"pretraining_bits_per_byte"} <= {*there}  # Tinyland's words are no bytes
    assert after["pretraining_loss"] > before["pretraining_loss"] + 0.02
    assert tested["pretraining_loss"] != after["pretraining_loss"] and "pretraining_floor" in tested


def test_a_frozen_body_forgets_nothing(pretrained: tuple[RunSpec, Path]) -> None:
    spec, folder = pretrained
    before, after, _ = measured(child_of(spec, method="head"), folder)
    assert after["pretraining_loss"] == before["pretraining_loss"] and after["loss"] != before["loss"]


def test_the_questions_have_more_words_than_the_old_head_names(tmp_path: Path) -> None:
    parent = parent_of("roformer", tmp_path / "4")
    before, after, _ = measured(child_of(parent, "answers", labels=64), tmp_path / "4")
    made = build(parent, tmp_path / "4")
    made.model.eval()
    assert before["pretraining_loss"] == pytest.approx(made.evaluate()["loss"])
    assert after["pretraining_loss"] != before["pretraining_loss"]


@pytest.mark.parametrize("stage", ["sentiment", "entities"])
def test_replay_learns_the_pretrainings_own_batches_beside_the_labels(stage: str, tmp_path: Path) -> None:
    parent = parent_of("roformer", tmp_path / "4")
    plain, replaying = (build(child_of(parent, stage, replay=weight), tmp_path / "4") for weight in (0.0, 0.5))
    own = build(parent, tmp_path / "4")
    batch, alone = replaying.batch(2), plain.batch(2)
    assert torch.equal(batch.replayed.input_ids, own.batch(2).input_ids) and torch.equal(batch.input_ids, alone.input_ids)
    assert batch.tokens == alone.tokens + own.batch(2).tokens
    replaying.model.train()
    expected = plain.loss(alone) + 0.5 * own.loss(own.batch(2))
    assert replaying.loss(batch).item() == pytest.approx(expected.item(), rel=1e-6)


def test_the_old_head_stands_still_and_the_body_hears_of_both(tmp_path: Path) -> None:
    parent = parent_of("roformer", tmp_path / "4")
    made: Any = build(child_of(parent, replay=1.0), tmp_path / "4")
    head = {name: weight.clone() for name, weight in made.pretraining._stage.model.named_parameters() if name.startswith("cls.")}
    assert head and not any(weight.requires_grad for name, weight in made.pretraining._stage.model.named_parameters() if name in head)
    for _ in Training(made, made.spec.train).steps():
        pass
    for name, weight in made.pretraining._stage.model.named_parameters():
        if name in head:
            assert torch.equal(weight, head[name]), name
    embeddings = made.model.get_input_embeddings().weight
    assert made.pretraining._stage.model.get_output_embeddings().weight is embeddings  # tied, as in pretraining


def test_replay_keeps_more_of_the_pretraining(tmp_path: Path) -> None:
    parent = parent_of("roformer", tmp_path / "4")
    (_, plain, _), (_, replayed, _) = (measured(child_of(parent, replay=weight), tmp_path / "4") for weight in (0.0, 1.0))
    assert replayed["pretraining_loss"] < plain["pretraining_loss"]


def test_a_run_with_replay_that_was_broken_off_ends_at_the_same_weights(tmp_path: Path) -> None:
    parent = parent_of("roformer", tmp_path / "4")
    spec = child_of(parent, replay=1.0)
    whole, first = (Training(build(spec, tmp_path / "4"), spec.train) for _ in range(2))
    for _ in whole.steps():
        pass
    first.learn()
    first.save_checkpoint(tmp_path / "checkpoint.safetensors", {})
    again = Training(build(spec, tmp_path / "4"), spec.train)
    again.load_checkpoint(tmp_path / "checkpoint.safetensors")
    for _ in again.steps():
        pass
    for name, weight in whole.stage.model.state_dict().items():
        assert torch.equal(weight, again.stage.model.state_dict()[name]), name


def test_without_pretraining_there_is_nothing_to_measure_and_nothing_to_replay() -> None:
    spec = RunSpec("sentiment", starting_from(None))
    assert not any(name.startswith(forgetting.PREFIX) for name in build(spec, None).evaluate()) and not forgetting.metrics(spec)
    with pytest.raises(ValueError, match="nothing to replay"):
        build(replace(spec, objective=LabelsSpec(replay=1.0)), None)


def test_a_text_that_is_no_longer_here_stops_no_fine_tuning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = child_of(parent_of("roformer", tmp_path / "4"))

    def gone(*_: object) -> None:
        raise ValueError("this text is not kept on this machine")

    monkeypatch.setattr("llmviz.experiments.masked_lm.stage.build", gone)
    assert "pretraining_loss" not in build(spec, tmp_path / "4").evaluate()
    with pytest.raises(ValueError, match="nothing to replay"):
        build(replace(spec, objective=replace(spec.objective, replay=1.0)), tmp_path / "4")
