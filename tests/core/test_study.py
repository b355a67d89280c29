"""A study as a value: which runs it has, in which order, under which name."""

import json
from dataclasses import replace

import pytest

from llmviz.core.settings import LabelsSpec, ModelSpec
from llmviz.core.spec import NO_PARENT, RunSpec, preset
from llmviz.core.study import MOST_RUNS, Axis, Band, Study, Value, along, ancestors, band, from_json, seconds_left, to_json

LABELS = Axis("labelled examples", ("labels",), "log")
RECIPES = Axis("positions and optimiser", ("architecture", "optimizer"))


def labels(*counts: int, seeds: tuple[int, ...] = (0, 1), base: RunSpec | None = None, parents: bool = False) -> Study:
    return Study(base or preset("sentiment"), LABELS, along("labels", counts), seeds, parents)


def test_every_value_is_trained_with_the_first_seed_first() -> None:
    study = labels(2, 16, seeds=(0, 7))
    assert [(spec.objective, spec.seed) for spec in study.specs()] == [
        (LabelsSpec(2), 0),
        (LabelsSpec(16), 0),
        (LabelsSpec(2), 7),
        (LabelsSpec(16), 7),
    ]
    assert study.spec(study.values[1], 0) == preset("sentiment")  # so its recording is used
    assert study.at(study.values[0]) == (study.specs()[0], study.specs()[2])
    assert study.first(1).specs() == study.specs()[:2]


def test_settings_that_change_together_are_one_axis() -> None:
    study = Study(preset("mlm"), RECIPES, (Value("BERT", ("bert", "adamw")), Value("RoFormer", ("roformer", "muon"))), (0,))
    old, new = study.specs()
    assert (old.model.architecture, old.train.optimizer) == ("bert", "adamw")
    assert new == preset("mlm")


def test_a_size_of_a_fine_tuned_model_is_also_that_of_its_parent() -> None:
    study = Study(preset("sentiment"), Axis("size", ("size",)), along("size", ("0.1M", "0.3M")), (0,))
    large = study.specs()[1]
    assert large.parent and large.parent.model == large.model == ModelSpec(size="0.3M")


def test_the_stage_is_an_axis_of_default_runs_beside_the_base() -> None:
    base = replace(preset("clm"), seed=3)
    study = Study(base, Axis("model", ("stage",)), tuple(Value(name, (name,)) for name in ("mlm", "clm")), (3, 4))
    assert study.spec(study.values[0], 4) == replace(preset("mlm"), seed=4)
    assert study.spec(study.values[1], 3) == base


def test_seeds_may_be_those_of_the_pretraining_too() -> None:
    apart, together = labels(16, seeds=(0, 5)), labels(16, seeds=(0, 5), parents=True)
    assert {spec.parent for spec in apart.specs()} == {preset("mlm")}
    assert [spec.parent and spec.parent.seed for spec in together.specs()] == [0, 5]
    assert [(spec.stage, spec.seed) for spec in ancestors(together.specs()[1])] == [("mlm", 5)]
    assert list(ancestors(preset("mlm"))) == []
    assert apart.id != together.id


def test_its_name_is_that_of_its_runs() -> None:
    study = labels(2, 16)
    called = replace(study, axis=replace(LABELS, label="labels"), values=tuple(replace(value, label="few") for value in study.values))
    assert called.id == study.id
    assert (
        len(
            {
                study.id,
                labels(2, 8).id,
                labels(16, 2).id,
                labels(2, 16, seeds=(0,)).id,
                labels(2, 16, base=preset("sentiment", parent=NO_PARENT)).id,
            }
        )
        == 5
    )


def test_it_is_written_as_json_and_read_again() -> None:
    for study in (labels(2, 16, parents=True), Study(preset("mlm"), RECIPES, (Value("BERT", ("bert", "adamw")),), (0,))):
        assert from_json(json.loads(json.dumps(to_json(study)))) == study
    older = to_json(study)
    older["base"]["recipe"] -= 1
    with pytest.raises(ValueError, match="the present one is"):
        from_json(older)
    for damaged in ({}, {**to_json(study), "values": [3]}, {**to_json(study), "axis": None}):
        with pytest.raises(ValueError, match="not the description of a study"):
            from_json(damaged)


def test_what_is_no_study_is_refused_in_a_sentence() -> None:
    base = preset("sentiment")
    with pytest.raises(ValueError, match="the same run"):
        labels(2, 2)
    with pytest.raises(ValueError, match="the same run"):
        labels(2, seeds=(1, 1))
    with pytest.raises(ValueError, match="at least one value and one seed"):
        labels()
    with pytest.raises(ValueError, match=f"at most {MOST_RUNS} runs; this one would have 102"):
        labels(*range(2, 53), seeds=(0, 1))
    with pytest.raises(ValueError, match="outside 2"):
        labels(1)
    with pytest.raises(ValueError, match="no setting colour"):
        Study(base, Axis("colour", ("colour",)), along("colour", ("red",)), (0,))
    with pytest.raises(ValueError, match="other than the seed"):
        Study(base, Axis("seed", ("seed",)), along("seed", (1,)), (0,))
    with pytest.raises(ValueError, match="has 2 settings"):
        Study(preset("mlm"), RECIPES, along("architecture", ("bert",)), (0,))
    with pytest.raises(ValueError, match="an axis has the scale"):
        Study(base, Axis("labels", ("labels",), "cubic"), along("labels", (2,)), (0,))


def test_values_are_called_as_they_are_written() -> None:
    assert [value.label for value in along("steps", (20, 4_000))] == ["20", "4,000"]
    assert [value.label for value in along("size", ("0.1M",))] == ["0.1M"]


def test_a_band_goes_from_the_lowest_seed_to_the_highest() -> None:
    assert band([0.9, 0.5, 0.6]) == Band(0.6, 0.5, 0.9, 3)
    assert band([0.9]) == Band(0.9, 0.9, 0.9, 1)
    assert band([]) is None


def test_the_time_left_is_what_steps_of_the_same_kind_took() -> None:
    study = labels(2, 16, seeds=(0, 1), base=preset("sentiment", parent=NO_PARENT))
    small, large, *rest = study.specs()
    steps = small.train.steps
    assert seconds_left(study.specs(), {}) is None
    assert seconds_left(study.specs(), {small.id: (steps, 2.0)}) == pytest.approx(3 * 2.0)  # nothing better is known of the larger one
    both = {small.id: (steps, 2.0), large.id: (steps, 6.0)}
    assert seconds_left(study.specs(), both) == pytest.approx(2.0 + 6.0)
    half = {**both, rest[0].id: (steps // 2, 1.0)}
    assert seconds_left(study.specs(), half) == pytest.approx(1.0 + 6.0)
    assert seconds_left(study.specs(), {spec.id: (steps, 2.0) for spec in study.specs()}) == 0
    sizes = Study(preset("clm"), Axis("size", ("size",)), along("size", ("0.1M", "1M")), (0,)).specs()
    assert seconds_left(sizes, {sizes[0].id: (sizes[0].train.steps, 50.0)}) == pytest.approx(5 * 50.0)
    assert seconds_left(study.specs(), {small.id: (3, 2.0)}) is None  # the first steps of a run are slow
