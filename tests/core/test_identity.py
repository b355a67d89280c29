"""The name of a run stays its name, whatever settings are added and whatever their defaults become."""

import json
from collections.abc import Iterator
from dataclasses import make_dataclass, replace
from types import MappingProxyType
from typing import Any

import pytest

from llmviz.core import catalogue
from llmviz.core import spec as specs
from llmviz.core.recorded import RECORDED
from llmviz.core.settings import (
    LabelsSpec,
    MaskingSpec,
    ModelSpec,
    NextTokenSpec,
    PairsSpec,
    SpanSpec,
    TextSpec,
    TrainSpec,
    introduced,
    setting,
)
from llmviz.core.spec import RunSpec, from_json, starting_from, to_json

PARTS = (TextSpec, ModelSpec, TrainSpec, MaskingSpec, NextTokenSpec, PairsSpec, SpanSpec, LabelsSpec)
NAMES = ("text", "model", "train", "objective")
TEXT = TextSpec("tinyland", "ab" * 32)
SMALL, LARGE = ModelSpec("roformer", "0.1M"), ModelSpec("gpt2", "1M")
FIRST = RunSpec("mlm", {}, TEXT, SMALL, TrainSpec(1_600, 24, 64, "muon", 3e-3, 3e-2, 0.1, 1.0, "cpu"), MaskingSpec(0.2))
BY_HAND = TrainSpec(7, 4, 32, "adamw", 1e-3, 2e-2, 0.2, 0.0, "cuda")
SPECS = {
    "as introduced": FIRST,
    "all by hand": RunSpec("mlm", {}, TextSpec("wiki", "cd" * 32), ModelSpec("bert", "0.3M"), BY_HAND, MaskingSpec(0.15), seed=3),
    "no objective": RunSpec("clm", {}, TEXT, LARGE, BY_HAND, NextTokenSpec()),
    "pairs": RunSpec("nsp", {}, TEXT, ModelSpec("bert", "0.1M"), BY_HAND, PairsSpec(next_sentence=False, mask_rate=0.15)),
    "spans": RunSpec("span", {}, TEXT, ModelSpec("t5", "0.1M"), BY_HAND, SpanSpec(0.3, 3.0)),
    "a child": RunSpec("sentiment", starting_from(FIRST), TEXT, SMALL, BY_HAND, LabelsSpec(8)),
}
# Where a line fails, runs on every machine would lose their names. Often a default has become another one: `setting` then says which value
# the field was introduced with.
PINNED = {
    "as introduced": "2ecca2fa6e235e1f2ede931e4362bb09fd5cac90fb47056250451970e94bf9d5",
    "all by hand": "000c0de410faeba096deb5c84a75e0eaaeb3cacee4082371a9f2de81c1033e8c",
    "no objective": "d284241db98320f587bca382e6b3d4d95fe817af0124c14f78bc5b4af6cfed53",
    "pairs": "de8500ef7fb83bf953877cffbf355c5cdfe712dd3fcbc7877c40337e5b3a21ff",
    "spans": "7b208d17ad61f2583b53c311baacc45bd9742939a6840ed81a0d3aec7839556d",
    "a child": "cbc29a8b7b2d292731459e95442b5dcaffe0e0ab3741d860858d0bd7374193b3",
}


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """Names are kept for whoever asks again; here they are worked out under other facts."""
    specs._id.cache_clear()
    yield
    specs._id.cache_clear()


def catalogued(patch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Every experiment with these facts changed."""
    patch.setattr(catalogue, "BY_NAME", MappingProxyType({name: replace(each, **changes) for name, each in catalogue.BY_NAME.items()}))


def test_the_names_are_these(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogued(monkeypatch, recipe=1)  # whoever raises a recipe renames its runs, and means to
    assert {name: replace(spec).id for name, spec in SPECS.items()} == PINNED


def test_what_is_as_introduced_is_left_out() -> None:
    recipe = catalogue.experiment("mlm").recipe
    assert json.loads(FIRST.canonical()) == {"recipe": recipe, "seed": 0, "stage": "mlm", "text": {"digest": TEXT.digest}}


def grown(part: type[Any], name: str, field: Any) -> type[Any]:
    """The class of a part with one more field, or another one of this name, as a later version of this program may have it."""
    return make_dataclass(part.__name__, [(name, type(field.default), field)], bases=(part,), frozen=True)


def use(patch: pytest.MonkeyPatch, part: type[Any], later: type[Any]) -> None:
    """Let runs be described with this class in place of the other."""
    if hasattr(specs, part.__name__):
        patch.setattr(specs, part.__name__, later)
        return
    of_it = {name: each for name, each in catalogue.BY_NAME.items() if type(each.objective) is part}
    after = {name: replace(each, objective=later(**vars(each.objective))) for name, each in of_it.items()}
    patch.setattr(catalogue, "BY_NAME", MappingProxyType({**catalogue.BY_NAME, **after}))


@pytest.mark.parametrize("part", PARTS)
def test_a_new_field_changes_no_name(part: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    described = {spec.id: to_json(spec) for spec in (*SPECS.values(), *RECORDED.values())}
    use(monkeypatch, part, grown(part, "dropout", setting(0, "Dropout", "Percent of the activations left out.", low=0, high=90)))
    read = [from_json(written) for written in described.values()]
    assert [spec.id for spec in read] == list(described)
    with_it = [(spec, name) for spec in read for name in NAMES if hasattr(getattr(spec, name), "dropout") and not spec.parent]
    assert with_it
    for spec, name in with_it:
        assert from_json(to_json(spec)).id == spec.id  # also once it is written out
        other = replace(spec, **{name: replace(getattr(spec, name), dropout=8)})
        assert other.id != spec.id and from_json(to_json(other)) == other


def test_a_new_default_changes_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal runs have one name, whether the default of the day gave the value or a hand; a field no description names is as introduced."""
    described = {spec.id: to_json(spec) for spec in SPECS.values()}
    later = grown(TrainSpec, "clip", setting(0.5, "Gradient clipping", "Longest gradient allowed.", introduced=1.0, low=0.0, high=100.0))
    use(monkeypatch, TrainSpec, later)
    assert [from_json(written).id for written in described.values()] == list(described)
    first = from_json(without_clip(described[FIRST.id]))
    assert first.id == FIRST.id and first.train.clip == 1.0
    assert later().clip == 0.5 and replace(first, train=replace(first.train, clip=0.5)).id != first.id


def without_clip(written: dict[str, Any]) -> dict[str, Any]:
    """The description as it was before there was such a field."""
    return written | {"train": {name: value for name, value in written["train"].items() if name != "clip"}}


def test_a_field_may_be_introduced_with_another_value_than_its_default() -> None:
    dropout = setting(0.1, "Dropout", "Share of the activations left out.", introduced=0.0, low=0.0, high=0.9)
    part = grown(TrainSpec, "dropout", dropout)
    assert part().dropout == 0.1 and introduced(part)["dropout"] == 0.0
