"""Stored runs by recipe, from plain values and from the recordings."""

from dataclasses import replace

import pytest

from llmviz.core.kept import Kept
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.run import RunRef
from llmviz.core.settings import LabelsSpec, TextSpec
from llmviz.core.spec import RunSpec, preset, seedless, starting_from
from llmviz.runs.library import Library
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from llmviz.views import records
from llmviz.views.records import Recipe

ROOT = RunSpec("mlm")
TUNED, SCRATCH = preset("sentiment"), replace(preset("sentiment"), inputs={})
GPT = RunSpec("clm")


def kept(spec: RunSpec, share: float, attempt: int = 1, state: str = "done", step: int = 9) -> Kept:
    return Kept(RunRef(spec.id, attempt), spec, state, step=step, metrics={"accuracy": share})


def curve(spec: RunSpec, share: float) -> LearningCurve:
    return LearningCurve(spec, (9,), (90,), {"accuracy": (share,)}, metrics={"accuracy": share})


def only(found: list[Recipe]) -> Recipe:
    (recipe,) = found
    return recipe


def test_a_recipe_is_a_run_without_its_seeds() -> None:
    seeded = replace(TUNED, seed=5, inputs=starting_from(replace(ROOT, seed=7)))
    assert seedless(seeded) == TUNED != seeded


def test_seeds_of_one_recipe_are_one_band_whether_or_not_their_weights_are_here() -> None:
    recipe = only(records.recipes([kept(ROOT, 0.7)], [curve(replace(ROOT, seed=seed), share) for seed, share in ((1, 0.6), (2, 0.9))]))
    band = recipe.band("accuracy")
    assert band and (band.median, band.low, band.high, band.seeds) == (0.7, 0.6, 0.9, 3)
    assert recipe.noun == "seed" and recipe.opened and recipe.opened.run == RunRef(ROOT.id, 1)
    assert recipe.band("nothing of the kind") is None


def test_runs_that_differ_in_the_seed_of_their_parent_are_told_as_runs() -> None:
    other = replace(TUNED, inputs=starting_from(replace(ROOT, seed=7)))
    assert only(records.recipes([kept(TUNED, 0.7), kept(other, 0.8)])).noun == "run"


def test_of_attempts_at_one_spec_the_newest_that_has_ended_counts_once() -> None:
    attempts = [kept(ROOT, 0.1, 3, "stopped", 400), kept(ROOT, 0.6, 2), kept(ROOT, 0.5), kept(ROOT, 0.5, 0, "recorded")]
    recipe = only(records.recipes(attempts, [curve(ROOT, 0.55)]))
    assert recipe.tested and recipe.figures("accuracy") == [0.6]


def test_what_has_not_ended_counts_only_where_nothing_has_and_says_so() -> None:
    going = replace(ROOT, seed=3)
    assert only(records.recipes([kept(going, 0.2, state="training"), kept(ROOT, 0.6)])).figures("accuracy") == [0.6]
    assert not only(records.recipes([kept(going, 0.2, state="training")])).tested
    assert records.recipes([Kept(RunRef(ROOT.id, 1), ROOT, "queued"), Kept(RunRef(GPT.id, 1), None, "failed")]) == []


def test_each_stands_below_what_it_starts_from_and_one_from_scratch_beside_the_same_pretrained() -> None:
    more = replace(TUNED, objective=LabelsSpec(64))
    found = records.recipes([kept(spec, 0.5) for spec in (GPT, SCRATCH, more, ROOT, TUNED)])
    assert [recipe.spec for recipe in found] == [ROOT, TUNED, SCRATCH, more, GPT]
    assert [records.depth(recipe, found) for recipe in found] == [0, 1, 1, 1, 0]
    assert records.scratch(found[1], found) is found[2] and records.scratch(found[3], found) is None
    assert records.children(found[0], found) == [found[1], found[3]]


def test_what_starts_from_nothing_that_is_here_is_a_root() -> None:
    found = records.recipes([kept(TUNED, 0.5), kept(SCRATCH, 0.4)])
    assert [records.depth(recipe, found) for recipe in found] == [0, 0]


@pytest.mark.parametrize(
    ("spec", "name", "colour"),
    [
        (ROOT, "BERT, pretrained: MLM", "pretrained"),
        (RunSpec("mlm", starting_from(ROOT), text=TextSpec("sotu")), "BERT, pretrained on: MLM", "pretrained"),
        (TUNED, "BERT, fine-tuned: Sentiment", "finetuned"),
        (preset("sentiment", parent="clm"), "GPT, fine-tuned: Sentiment", "finetuned"),
        (SCRATCH, "BERT, from scratch: Sentiment", "random"),
        (RunSpec("span"), "T5, pretrained: Spans", "pretrained"),
    ],
)
def test_a_model_is_called_by_its_family_and_its_last_stage(spec: RunSpec, name: str, colour: str) -> None:
    assert (records.named(spec), records.colour(spec)) == (name, colour)


def test_every_recording_and_every_learning_curve_is_in_one_recipe(tmp_path_factory: pytest.TempPathFactory) -> None:
    library = Library(Store(tmp_path_factory.mktemp("home")), Recordings())
    specs = {each.spec.id for each in library.shelf() if each.spec} | {each.spec.id for each in library.learning_curves()}
    found = records.recipes(library.shelf(), library.learning_curves())
    assert sorted(record.spec.id for recipe in found for record in recipe.records) == sorted(specs)
    assert len({recipe.spec.id for recipe in found}) == len(found)
