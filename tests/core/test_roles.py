"""Runs with several inputs, as values: what plays a role goes with the start."""

from dataclasses import replace

import pytest

from llmviz.core.address import Address, change, entries, read, write
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.experiment import START
from llmviz.core.rival import rival
from llmviz.core.run import RunRef
from llmviz.core.settings import ModelSpec, TextSpec
from llmviz.core.spec import RunSpec, begun, others, playing, preset, restarted, starting_from
from llmviz.core.study import Axis, Study, along, ancestors
from llmviz.experiments import EXPERIMENTS
from tests.listed import listed
from tests.roles import ENTRIES, PLEASING, REWARD

CHECKPOINT = Checkpoint("ab" * 32, "elsewhere")


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch, *ENTRIES)


def taste(spec: RunSpec) -> RunSpec:
    """What plays the reward."""
    found = spec.inputs[REWARD]
    assert isinstance(found, RunSpec)
    return found


def starts() -> list[RunSpec]:
    """What such a run may start from: three roots, and what is tuned from each."""
    mlm = preset("mlm")
    roots = [mlm, replace(mlm, seed=7), replace(mlm, model=ModelSpec(mlm.model.architecture, "0.3M"))]
    return [*roots, *(RunSpec("tuned", starting_from(root), seed=3) for root in roots)]


def test_a_preset_fills_every_role_from_one_start() -> None:
    spec = preset("pleasing")
    assert spec.start == preset("tuned") == taste(spec).start and taste(spec) == preset("taste")
    assert taste(preset("pleasing", parent="mlm")) == RunSpec("taste", starting_from(preset("mlm")))
    assert taste(preset("pleasing", parent="none")) == preset("taste")  # a model without pretraining is paid by the same
    assert preset("pleasing", TextSpec("wiki")).text == taste(preset("pleasing", TextSpec("wiki"))).text == TextSpec("wiki")


def test_a_role_that_may_stay_empty_does(monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch, replace(PLEASING, inputs={**PLEASING.inputs, REWARD: (None, "taste")}))
    assert set(preset("pleasing").inputs) == {START}
    assert taste(playing(preset("pleasing"), REWARD, "taste")) == preset("taste")


def test_from_another_start_it_is_what_it_would_have_been_from_there() -> None:
    text = TextSpec()
    for one in starts():
        for other in starts():
            assert restarted(begun("pleasing", one, text), other) == begun("pleasing", other, text)
    assert len({taste(begun("pleasing", start, text)).id for start in starts()}) == len(starts())


def test_of_a_stage_that_the_start_went_through_it_is_that_very_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model is held close to where it starts, or to its root."""
    listed(monkeypatch, replace(PLEASING, inputs={START: ("tuned",), "reference": ("tuned",), "root": ("mlm",)}))
    for start in starts()[3:]:
        spec = begun("pleasing", start, TextSpec())
        assert spec.inputs == {START: start, "reference": start, "root": start.parent}
        assert restarted(preset("pleasing"), start) == spec


def test_what_was_chosen_by_hand_stays_where_it_is() -> None:
    elsewhere = replace(preset("tuned"), seed=9)
    own = RunSpec("taste", starting_from(elsewhere))
    spec = replace(preset("pleasing"), inputs={START: preset("tuned"), REWARD: own})
    assert taste(restarted(spec, preset("mlm"))) == own
    longer = replace(preset("taste"), train=replace(preset("taste").train, steps=77))  # made from the same start, it goes with it
    moved = restarted(replace(spec, inputs={**spec.inputs, REWARD: longer}), elsewhere)
    assert taste(moved) == replace(longer, inputs=starting_from(elsewhere))


def test_a_checkpoint_is_the_start_of_both_and_may_play_any_role() -> None:
    spec = begun("pleasing", CHECKPOINT, TextSpec())
    assert spec.start == CHECKPOINT == taste(spec).start
    kept = replace(spec, inputs={**spec.inputs, REWARD: CHECKPOINT})
    assert restarted(kept, preset("tuned")).inputs == {START: preset("tuned"), REWARD: CHECKPOINT}


def test_a_change_of_model_text_or_start_goes_through_all_roles() -> None:
    spec = preset("pleasing")
    larger = change(spec, {"size": "0.3M"})
    assert {each.model.size for each in (larger, *ancestors(larger))} == {"0.3M"} and taste(larger).start == larger.start
    assert change(spec, {"parent": "mlm"}) == preset("pleasing", parent="mlm")
    assert change(spec, {"text": "wiki"}) == preset("pleasing", TextSpec("wiki"))
    assert change(spec, {"steps": 5}).inputs == spec.inputs


def test_another_stage_may_be_chosen_for_a_role() -> None:
    spec = preset("pleasing")
    entry = next(entry for entry in entries(spec) if entry.name == REWARD)
    assert (entry.value, entry.setting.choices, entry.setting.label) == ("taste", ("taste", "rule"), "Reward")
    ruled = change(spec, {REWARD: "rule"})
    assert taste(ruled) == preset("rule") and ruled.start == spec.start
    other = change(ruled, {"parent": "mlm", "seed": 4})
    assert taste(other) == preset("rule") and other.start == preset("mlm") and other.seed == 4
    with pytest.raises(ValueError, match="takes as its reward a run of Taste or a run of Rule, not a run of Tuned"):
        change(spec, {REWARD: "tuned"})


def test_an_address_names_what_plays_a_role() -> None:
    ruled = Address(change(preset("pleasing"), {REWARD: "rule", "seed": 2}))
    assert write(ruled, "pleasing") == {REWARD: "rule", "seed": "2"}
    assert read(write(ruled, "pleasing"), ("pleasing",)) == (ruled, {})

    parent = replace(preset("tuned"), seed=9)
    own = replace(RunSpec("taste", starting_from(parent)), seed=5)
    known = {RunRef(each.id, 1): each for each in (parent, own)}
    run, reward = known
    spec = replace(begun("pleasing", parent, parent.text), inputs={START: parent, REWARD: own})
    address = Address(spec, parent=run, others=((REWARD, reward),))
    assert write(address, "pleasing") == {"parent": run.key, REWARD: reward.key}
    assert read(write(address, "pleasing"), ("pleasing",), specs=known.__getitem__) == (address, {})
    assert REWARD not in write(replace(address, spec=preset("pleasing")), "pleasing")  # it plays no role in this one

    def gone(run: RunRef) -> RunSpec:
        raise ValueError("this run has been deleted")

    found, problems = read({REWARD: reward.key, "seed": "3"}, ("pleasing",), specs=gone)
    assert found.spec == replace(preset("pleasing"), seed=3) and "deleted" in problems[REWARD]


def test_a_seed_of_a_study_is_that_of_every_input_in_every_role() -> None:
    study = Study(preset("pleasing"), Axis("steps", ("steps",), "log"), along("steps", (10, 20)), (0, 1, 2), parents=True)
    for spec in study.specs():
        assert {each.seed for each in ancestors(spec)} == {spec.seed} and taste(spec).start == spec.start
    alone = replace(study, parents=False)
    assert {tuple(spec.inputs.values()) for spec in alone.specs()} == {tuple(preset("pleasing").inputs.values())}


def test_the_rival_is_paid_by_the_same() -> None:
    other = rival(preset("pleasing"))
    assert other and other.start is None and taste(other) == preset("taste")
    back = rival(other)
    assert back and back.start and taste(back) == begun("pleasing", back.start, back.text).inputs[REWARD]
    assert rival(preset("tuned")) is None  # it never starts from random weights


@pytest.mark.parametrize("name", [entry.name for entry in EXPERIMENTS if others(entry.inputs)])
def test_in_an_experiment_with_roles_all_follow_the_start(name: str) -> None:
    spec = preset(name)
    assert spec.parent
    moved = restarted(spec, replace(spec.parent, seed=7))
    for role, given in others(moved.inputs).items():
        assert given != spec.inputs[role] and isinstance(given, RunSpec) and moved.start in given.lineage
        assert role not in {entry.name for entry in entries(spec) if entry.field != "inputs"}  # addresses call both by name
