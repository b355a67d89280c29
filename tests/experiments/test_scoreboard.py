"""The scoreboard over recorded runs: its figures are those of the runs' own histories."""

import csv
import io
from dataclasses import replace

import pytest

from llmviz.core import catalogue, forgetting
from llmviz.core.experiment import Metric
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import Done
from llmviz.experiments.scoreboard import columns_view, view
from llmviz.experiments.scoreboard.columns_view import NO_HEAD, NOT_ASKED, OTHER, Column
from llmviz.experiments.scoreboard.view import Filter
from llmviz.parts.table.payload import Cell, Table
from llmviz.runs.library import Library
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from llmviz.views import records, tables, words
from llmviz.views.records import Recipe

LABELLED = {name for name, each in catalogue.BY_NAME.items() if each.label_kind not in ("reply", "choice")}  # replies have other pages
TINYLAND = Filter("tinyland")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(Store(tmp_path_factory.mktemp("home")), Recordings())


@pytest.fixture(scope="module")
def recorded(library: Library) -> list[Recipe]:
    """The recordings alone, one seed each."""
    return records.recipes(library.shelf())


def rows(drawn: Table) -> dict[tuple[str, str], dict[str, Cell]]:
    """The cells of each row by the names of their columns."""
    names = [column["name"] for column in drawn["columns"]]
    return {(row["name"], row["about"]): dict(zip(names, row["cells"], strict=True)) for row in drawn["rows"]}


def test_every_figure_is_that_of_the_history_of_the_run_it_opens(library: Library, recorded: list[Recipe]) -> None:
    opened = 0
    for recipe, row in zip(recorded, [row for row in view.table(recorded)["rows"] if not row["pinned"]], strict=True):
        for column, cell in zip(columns_view.columns(recorded), row["cells"], strict=True):
            if cell["faint"]:
                continue
            assert recipe.opened and recipe.opened.run
            end = library.history(recipe.opened.run).end
            assert isinstance(end, Done)
            (bit,) = cell["bits"]
            of_pretraining = forgetting.PREFIX if view.OLD_HEAD in cell["more"] else ""
            figure = end.metrics[of_pretraining + column.metric.name]
            assert cell["value"] == figure and bit["run"] == recipe.opened.run.key
            assert bit["text"] == words.figure(figure, column.metric.unit)
            assert bit["page"] == catalogue.experiment(recipe.spec.stage).lesson.page
            opened += 1
    assert opened > 30


def test_a_fine_tuned_model_is_asked_the_probes_under_its_old_head(recorded: list[Recipe]) -> None:
    facts = next(column for column in columns_view.every() if column.key == "facts")
    tuned, scratch = (
        next(each for each in recorded if each.spec == spec) for spec in (preset("sentiment"), preset("sentiment", parent="none"))
    )
    left = facts.figure(tuned)
    assert left and left.median == tuned.figures("pretraining_facts")[0] < 0.2
    assert facts.figure(scratch) is None and facts.reason(scratch.spec) == columns_view.NO_HEAD
    assert view.OLD_HEAD in view.reasons(view.table(recorded))


def test_columns_follow_from_the_facts_and_probes_are_asked_of_all() -> None:
    every = list(columns_view.every())
    assert {column.key for column in every if not column.metric.probe} == LABELLED
    facts = next(column for column in every if column.key == "facts")
    assert {each.name for each in facts.experiments} >= {"mlm", "clm", "span", "nsp"}
    assert len({column.key for column in every}) == len(every)


def test_a_new_experiment_has_its_column_by_itself(monkeypatch: pytest.MonkeyPatch, recorded: list[Recipe]) -> None:
    metric = Metric("kindness", "kind words", "%", "Share of kind words.", bound="kindest")
    new = replace(catalogue.experiment("sentiment"), name="kind", short="Kindness", metrics=(metric,), baselines={})
    monkeypatch.setattr(catalogue, "BY_NAME", {**catalogue.BY_NAME, "kind": new})
    spec = RunSpec("kind", preset("sentiment").inputs)
    run = Kept(RunRef(spec.id, 1), spec, "done", metrics={"kindness": 0.25, "kindest": 0.5})
    found = TINYLAND.leaves([*recorded, *records.recipes([run])])
    drawn = rows(view.table(found))
    told = next(row for (name, _), row in drawn.items() if name == "BERT, fine-tuned: Kindness")
    assert tables.spoken(told["Kindness"]) == "25 %" and tables.spoken(told["Sentiment"]) == f"– ({NO_HEAD})"
    assert tables.spoken(drawn["best possible", "for who knows the grammar"]["Kindness"]) == "50 %"


def column(key: str) -> Column:
    return next(each for each in columns_view.every() if each.key == key)


@pytest.mark.parametrize(
    ("spec", "key", "reason"),
    [
        (RunSpec("mlm"), "sentiment", NO_HEAD),
        (preset("sentiment"), "facts", NO_HEAD),
        (preset("sentiment"), "entities", NO_HEAD),
        (RunSpec("clm"), "entities", OTHER),
        (RunSpec("mlm"), "clm", OTHER),
        (RunSpec("nsp"), "mlm", NOT_ASKED),
    ],
)
def test_what_has_no_figure_says_why(spec: RunSpec, key: str, reason: str) -> None:
    assert column(key).reason(spec) == reason and reason in columns_view.REASONS


def test_lines_above_the_models_are_what_the_runs_tell(library: Library, recorded: list[Recipe]) -> None:
    drawn = rows(view.table(TINYLAND.leaves(recorded)))
    end = library.history(RunRef(preset("answers").id, 0)).end
    assert isinstance(end, Done)
    lines = {name: row for (name, _), row in drawn.items() if name in ("best possible", "no model", "chance")}
    assert tables.spoken(lines["best possible"]["Answers"]) == words.figure(end.metrics["exact_match_ceiling"], "%")
    assert tables.spoken(lines["no model"]["Answers"]) == f"{words.figure(end.metrics['position'], '%')} (same place)"
    assert tables.spoken(lines["chance"]["Answers"]) == words.figure(end.metrics["chance"], "%")
    assert tables.spoken(lines["chance"]["grammar"]) == "50 %" and tables.spoken(lines["chance"]["facts"]) == ""


def test_several_seeds_are_a_median_and_a_range(library: Library) -> None:
    found = TINYLAND.leaves(records.recipes(library.shelf(), library.learning_curves()))
    drawn = rows(view.table(found))
    recipe = next(each for each in found if each.spec == preset("mlm"))
    figures = sorted(recipe.figures("facts"))
    assert len(figures) == 6
    cell = drawn["BERT, pretrained: MLM", "0.1 M · 1,800 steps"]["facts"]
    assert cell["value"] == pytest.approx((figures[2] + figures[3]) / 2)
    assert cell["more"] == [f"{100 * figures[0]:.0f}–{100 * figures[-1]:.0f}", "6 seeds"]


def test_filters_leave_a_text_and_a_phase(recorded: list[Recipe]) -> None:
    left = Filter("reviews", "fine-tuning").leaves(recorded)
    assert [records.named(recipe.spec) for recipe in left] == ["BERT, fine-tuned: Sentiment", "BERT, from scratch: Sentiment"]
    assert Filter().leaves(recorded) == [recipe for recipe in recorded if recipe.spec.stage in LABELLED]
    assert [each["name"] for each in view.table(left)["columns"]] == ["Sentiment"]


def test_what_from_scratch_came_to_can_be_withheld(recorded: list[Recipe]) -> None:
    drawn = view.table(TINYLAND.leaves(recorded), withheld=True)
    hidden = [tables.spoken(cell) for row in drawn["rows"] if row["phase"] == "random" for cell in row["cells"]]
    assert f"? ({view.WITHHELD})" in hidden and not any("%" in said for said in hidden)
    assert any("%" in tables.spoken(cell) for row in drawn["rows"] if row["phase"] == "finetuned" for cell in row["cells"])


def test_a_run_under_way_tells_validation_figures_and_says_so() -> None:
    spec = RunSpec("mlm", seed=9)
    run = Kept(RunRef(spec.id, 1), spec, "training", step=120, metrics={"accuracy": 0.31})
    (row,) = view.table(records.recipes([run]))["rows"]
    assert [tables.spoken(cell) for cell in row["cells"]] == ["31 % (validation, step 120)"]


def test_fifty_more_runs_make_fifty_more_rows(recorded: list[Recipe]) -> None:
    specs = [replace(preset("sentiment"), train=replace(preset("sentiment").train, steps=steps)) for steps in range(200, 250)]
    more = [Kept(RunRef(spec.id, 1), spec, "done", metrics={"accuracy": 0.5}) for spec in specs]
    own = [
        Kept(each.opened.run, each.opened.spec, "recorded", metrics=each.opened.metrics)
        for each in recorded
        if each.opened and each.opened.run
    ]
    found = records.recipes([*more, *own])
    assert len(found) == len(recorded) + 50
    assert len({(row["name"], row["about"]) for row in view.table(found)["rows"] if not row["pinned"]}) == len(found)


def test_the_files_hold_the_same_figures(recorded: list[Recipe]) -> None:
    lines = list(csv.DictReader(io.StringIO(view.exported(recorded))))
    sentiment = next(
        line for line in lines if (line["run"], line["figure"]) == (RunRef(preset("sentiment").id, 0).key, "right predictions")
    )
    recipe = next(each for each in recorded if each.spec == preset("sentiment"))
    assert float(sentiment["median"]) == recipe.figures("accuracy")[0] and sentiment["measured on"] == "test"
    assert float(sentiment["chance"]) == recipe.figures("chance")[0] and sentiment["seeds"] == "1"
    written = tables.markdown(view.table(recorded)).splitlines()
    assert len({line.count(" | ") for line in written}) == 1 and len(written) == 2 + len(view.table(recorded)["rows"])


def test_the_answer_is_the_task_that_gains_most(recorded: list[Recipe]) -> None:
    asked, found = view.quiz("tinyland"), TINYLAND.leaves(recorded)
    gained = view.gains(found)
    assert set(asked.choices) == set(gained)
    told = view.reveal(asked, found)
    assert told and told.right is not None
    best = asked.choices[told.right]
    assert all(gained[best][0] - gained[best][1] >= one - other for one, other in gained.values())
    assert view.reveal(asked, []) is None


def test_tasks_without_a_run_are_named(recorded: list[Recipe]) -> None:
    assert [each.key for each in view.missing(TINYLAND.leaves(recorded), "tinyland")] == ["own", "own_entities"]
    assert {each.key for each in view.missing([], "")} == LABELLED
