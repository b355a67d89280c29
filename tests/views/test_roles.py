"""What pages say of a run that is made from several."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.experiment import START
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, begun, preset, starting_from
from llmviz.experiments.lab_book import view
from llmviz.experiments.lab_book.comparison_view import differing
from llmviz.experiments.lab_book.panel import fork
from llmviz.views import records, words
from llmviz.views.script import values
from tests.listed import listed
from tests.roles import ENTRIES, REWARD

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch, *ENTRIES)


def paid_by(reward: RunSpec | Checkpoint) -> RunSpec:
    return replace(preset("pleasing"), inputs={START: preset("tuned"), REWARD: reward})


def done(*specs: RunSpec) -> list[Kept]:
    return [Kept(RunRef(spec.id, 1), spec, "done") for spec in specs]


def test_the_line_of_settings_names_what_plays_a_role() -> None:
    assert words.recipe(preset("pleasing")) == "Tinyland · from Tuned (from Masked tokens) · reward: Taste · 0.1 M · 20 steps · seed 0"
    moved = begun("pleasing", replace(preset("tuned"), seed=7), preset("tuned").text)
    assert (
        words.recipe(moved) == "Tinyland · from Tuned (from Masked tokens, seed 7) · reward: Taste · 0.1 M · 20 steps · seed 0"
    )  # made from the same start
    other = paid_by(RunSpec("taste", starting_from(preset("mlm")), seed=3))
    assert words.roles(other) == ["reward: Taste (from Masked tokens, seed 3)"]
    assert words.roles(paid_by(Checkpoint("ab" * 32, "judge"))) == ["reward: checkpoint judge"]
    assert words.roles(preset("tuned")) == []


def test_the_lab_book_draws_it_below_its_start_and_names_the_rest_in_its_row() -> None:
    spec = preset("pleasing")
    reward = spec.inputs[REWARD]
    assert isinstance(reward, RunSpec) and spec.parent
    shelf = done(spec, reward, spec.parent, preset("mlm"))
    nodes = [(node.depth, node.spec and node.spec.stage) for node in view.tree(shelf)]
    assert nodes == [(0, "mlm"), (1, "tuned"), (2, "pleasing"), (2, "taste")]
    row = view.rows(shelf, view.Filter(), [], NOW)["rows"][2]
    assert row["settings"] == "Tinyland · reward: Taste · 0.1 M · 20 steps · seed 0"
    assert view.descendants(shelf, RunRef(reward.id, 1)) == [RunRef(spec.id, 1)]
    assert set(view.descendants(shelf, RunRef(preset("mlm").id, 1))) == {kept.run for kept in shelf[:3]}


def test_a_comparison_tells_runs_with_other_rewards_apart() -> None:
    reward = preset("taste")
    longer = replace(reward, train=replace(reward.train, steps=77))
    assert differing(paid_by(reward), paid_by(longer)) == [("Reward: Steps", "20", "77")]
    elsewhere = RunSpec("taste", starting_from(replace(preset("tuned"), seed=4)))
    assert differing(paid_by(reward), paid_by(elsewhere)) == [("Reward, Tuned: Seed", "0", "4")]
    assert differing(paid_by(reward), paid_by(preset("rule")))[0] == ("Reward", "Taste", "Rule")


def test_a_fork_names_what_is_not_the_usual_one() -> None:
    own = replace(preset("taste"), seed=5)
    assert fork([], preset("pleasing")) == {}
    assert fork([], paid_by(preset("rule"))) == {REWARD: "rule"}
    assert fork(done(own), paid_by(own)) == {REWARD: RunRef(own.id, 1).key}
    assert fork([], paid_by(own)) is None  # it is not here
    assert fork([], paid_by(Checkpoint("ab" * 32))) is None


def test_a_script_is_told_the_run_in_each_role() -> None:
    spec = preset("pleasing")
    told = values(spec)
    assert (told["PARENT"], told["REWARD"]) == tuple(spec.inputs[role].id[:12] for role in (START, REWARD))


def test_its_recipe_from_scratch_is_found() -> None:
    scratch = preset("pleasing", parent="none")
    found = [records.Recipe(spec, ()) for spec in (preset("pleasing"), scratch)]
    assert records.scratch(found[0], found) is found[1]
