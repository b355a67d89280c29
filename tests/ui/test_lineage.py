"""The tree of the lab book and the comparison, from plain values."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from llmviz.core import catalogue
from llmviz.core.address import entries
from llmviz.core.history import fold
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.settings import LabelsSpec, TextSpec
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.core.update import Begin, Score, Update
from llmviz.experiments.lab_book import comparison_view as comparison
from llmviz.experiments.lab_book import view as lineage
from llmviz.experiments.lab_book.comparison_view import Said, Side
from llmviz.experiments.lab_book.view import Filter
from llmviz.text.tinyland.world import CAPITALS
from llmviz.views import words

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
ROOT = RunSpec("mlm")
OTHER = RunSpec("mlm", text=TextSpec("sotu"), seed=3)
TUNED = RunSpec("sentiment", starting_from(ROOT))
SCRATCH = RunSpec("sentiment", model=ROOT.model)


def kept(spec: RunSpec, attempt: int = 1, **more: object) -> Kept:
    state = "done" if attempt else "recorded"
    return replace(Kept(RunRef(spec.id, attempt), spec, state, bytes=1_000_000, started=(NOW - timedelta(minutes=5)).isoformat()), **more)  # type: ignore[arg-type]


def shown(shelf: list[Kept], wanted: Filter | None = None) -> list[tuple[str, int, bool]]:
    """Key, depth and faintness of each row."""
    rows = lineage.rows(shelf, wanted or Filter(), (), NOW)["rows"]
    return [(row["key"], len(row["rails"]), row["faint"]) for row in rows]


def key(spec: RunSpec, attempt: int = 1) -> str:
    return RunRef(spec.id, attempt).key


def test_children_hang_below_their_parent() -> None:
    shelf = [kept(TUNED), kept(SCRATCH), kept(OTHER), kept(ROOT)]
    assert shown(shelf) == [(key(SCRATCH), 0, False), (key(OTHER), 0, False), (key(ROOT), 0, False), (key(TUNED), 1, False)]


def test_a_child_hangs_below_one_attempt_the_newest_that_is_done() -> None:
    shelf = [kept(ROOT, 3, state="stopped"), kept(TUNED), kept(ROOT, 2), kept(ROOT, 1), kept(ROOT, 0)]
    depths = [(run, depth) for run, depth, _ in shown(shelf)]
    assert depths == [(key(ROOT, 3), 0), (key(ROOT, 2), 0), (key(TUNED), 1), (key(ROOT, 1), 0), (key(ROOT, 0), 0)]


def test_a_parent_that_is_gone_keeps_its_place() -> None:
    grandchild = RunSpec("mlm", starting_from(RunSpec("mlm", starting_from(ROOT), seed=1)), seed=2)
    rows = lineage.rows([kept(grandchild)], Filter(), (), NOW)["rows"]
    assert [(row["key"], len(row["rails"])) for row in rows] == [("", 0), ("", 1), (key(grandchild), 2)]
    assert rows[0]["state"] == lineage.GONE


def test_a_filter_keeps_the_ancestors_faint_and_counts_what_it_leaves() -> None:
    shelf = [kept(TUNED), kept(OTHER), kept(ROOT, 0)]
    assert shown(shelf, Filter(stage="sentiment")) == [(key(ROOT, 0), 0, True), (key(TUNED), 1, False)]
    assert shown(shelf, Filter(kind="recorded")) == [(key(ROOT, 0), 0, False)]
    assert shown(shelf, Filter(text="sotu", words="SEED 3 union")) == [(key(OTHER), 0, False)]
    assert shown(shelf, Filter(words="16 labels")) == [(key(ROOT, 0), 0, True), (key(TUNED), 1, False)]
    assert shown(shelf, Filter(words="<script>")) == []
    payload = lineage.rows(shelf, Filter(stage="sentiment"), (), NOW)
    assert (payload["count"], payload["of"]) == (1, 3)


def test_rails_go_on_where_a_brother_follows() -> None:
    first, second = RunSpec("sentiment", starting_from(ROOT), seed=1), RunSpec("sentiment", starting_from(ROOT), seed=2)
    below = RunSpec("mlm", starting_from(ROOT), seed=1)
    shelf = [kept(first), kept(RunSpec("mlm", starting_from(below), seed=4)), kept(below), kept(second), kept(ROOT)]
    rows = {row["key"]: row["rails"] for row in lineage.rows(shelf, Filter(), (), NOW)["rows"]}
    assert rows[key(ROOT)] == []
    assert rows[key(first)] == [True]
    assert rows[key(below)] == [True]
    assert rows[key(RunSpec("mlm", starting_from(below), seed=4))] == [True, False]
    assert rows[key(second)] == [False]


def test_what_cannot_be_read_stands_last_with_its_reason() -> None:
    broken = Kept(RunRef("0" * 64, 1), None, "failed", "the folder is damaged")
    rows = lineage.rows([broken, kept(ROOT)], Filter(), (), NOW)["rows"]
    assert [row["key"] for row in rows] == [key(ROOT), broken.run.key]
    assert (rows[1]["title"], rows[1]["about"], rows[1]["tone"]) == ("cannot be read", "the folder is damaged", "bad")


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=7), "7 h ago"),
        (timedelta(days=9), "2025-12-24"),
    ],
)
def test_how_long_ago(since: timedelta, said: str) -> None:
    assert lineage.ago((NOW - since).isoformat(), NOW) == said


@pytest.mark.parametrize("nonsense", ["", "x" * 200, "2026-01-01", "<b>"])
def test_a_time_that_is_none_is_left_out(nonsense: str) -> None:
    assert lineage.ago(nonsense, NOW) == ""


def test_descendants_come_in_an_order_in_which_they_can_go() -> None:
    child = RunSpec("mlm", starting_from(ROOT), seed=1)
    grandchild = RunSpec("sentiment", starting_from(child))
    shelf = [kept(ROOT), kept(child), kept(grandchild), kept(TUNED), kept(TUNED, 0), kept(OTHER)]
    found = lineage.descendants(shelf, RunRef(ROOT.id, 1))
    assert set(found) == {RunRef(child.id, 1), RunRef(grandchild.id, 1), RunRef(TUNED.id, 1)}
    assert found.index(RunRef(grandchild.id, 1)) < found.index(RunRef(child.id, 1))


def test_figures_go_by_their_titles_and_a_row_shows_the_first_share() -> None:
    pairs = kept(RunSpec("nsp"), metrics={"loss": 2.0, "word_loss": 1.5, "word_floor": 1.2, "nsp_accuracy": 0.9, "nsp_ceiling": 0.95})
    assert lineage.figures(pairs) == ["loss on held-out pairs 2.00 nats", "loss on hidden words alone 1.50 nats", "pairs told apart 90 %"]
    row = lineage.rows([pairs], Filter(), (), NOW)["rows"][0]
    assert (row["figures"], row["about"]) == ("pairs told apart 90 %", " · ".join(lineage.figures(pairs)))
    assert lineage.headline(kept(ROOT, metrics={"loss": 0.7})) == "loss on held-out text 0.70 nats"
    assert lineage.headline(kept(ROOT)) == ""
    assert comparison.figures(pairs)["loss on hidden words alone"] == ("1.50 nats", "floor 1.20 nats")
    assert comparison.figures(pairs)["pairs told apart"] == ("90 %", "best possible 95 %")


def test_how_many_children_there_are_is_counted() -> None:
    assert lineage.family([kept(ROOT), kept(SCRATCH)]) == "Here no run has a child yet."
    one = [kept(ROOT), kept(TUNED), kept(TUNED, 2), kept(TUNED, 0)]
    assert lineage.family(one) == "Here no run has more than one child yet."
    two = [*one, kept(replace(TUNED, objective=LabelsSpec(64)))]
    assert lineage.family(two) == "Here one run has 2 children."
    more = [*two, *(kept(RunSpec("mlm", starting_from(OTHER), seed=seed)) for seed in range(3))]
    assert lineage.family(more) == "Here 2 runs have several children, up to 3."
    assert lineage.family([Kept(RunRef("0" * 64, 1), None, "failed")]) == "Here no run has a child yet."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (1_100, "1,100"),
        (True, "yes"),
        (False, "no"),
        (0.005, "0.005"),
        ("mlm", "Masked tokens"),
        ("tinyland", "Tinyland"),
        ("0.1M", "0.1 M"),
    ],
)
def test_a_setting_is_said_by_its_title(given: object, said: str) -> None:
    assert words.value(given) == said


def test_every_choice_of_a_form_has_a_name() -> None:
    listed = {choice for stage in catalogue.BY_NAME for entry in entries(preset(stage)) for choice in entry.setting.choices}
    places = {*CAPITALS, *CAPITALS.values()}  # are called as they are
    assert all(words.value(choice) != choice for choice in listed - places)


def test_settings_that_differ_reach_through_the_ancestors() -> None:
    longer = RunSpec("sentiment", starting_from(replace(ROOT, train=replace(ROOT.train, steps=9))), objective=LabelsSpec(256))
    assert comparison.differing(TUNED, longer) == [("Labels", "16", "256"), ("Masked tokens: Steps", f"{ROOT.train.steps:,}", "9")]
    assert comparison.differing(ROOT, ROOT) == []
    labels = [label for label, *_ in comparison.differing(ROOT, TUNED)]
    assert "Stage" in labels and "Mask rate" in labels and "Labels" in labels


def side(name: str, spec: RunSpec) -> Side:
    said: list[Update] = [
        Begin(0, spec.train.steps, 1, 10, {"random_guess": 2.0}),
        Score(0, {"loss": 2.0, "accuracy": 0.1}),
        Score(5, {"loss": 1.0, "accuracy": 0.9}),
    ]
    return Side(name, kept(spec, metrics={"loss": 1.0, "accuracy": 0.9}), fold(said))


def test_curves_of_one_stage_share_their_charts_and_others_do_not() -> None:
    loss, share = comparison.charts(side("A", ROOT), side("B", replace(ROOT, seed=1)))
    assert [line["name"] for line in loss["lines"]] == ["A", "B"] and loss["bounds"] == [{"name": "random guess", "value": 2.0}]
    assert share["share"] and share["lines"][0]["values"] == [0.1, 0.9]
    alone = comparison.charts(side("A", ROOT), side("B", TUNED))
    assert [[line["name"] for line in chart["lines"]] for chart in alone] == [["A"], ["B"]]


def test_what_a_run_says_is_text_whatever_it_says() -> None:
    told = comparison.said(side("A", ROOT), Said("in place of “<b>”", [("<img src=x>", 0.25), ("&", 0.001)]))
    assert "<img" not in told and "&lt;img src=x&gt;" in told and "&amp;" in told
    assert re.findall(r"--share:([\d.]+)", told) == ["0.2500", "0.0010"]
    assert "<b>25 %</b>" in told and "<b>&lt;1 %</b>" in told
    assert "no &lt;way&gt;" in comparison.said(side("A", ROOT), Said("", refusal="no <way>"))
