"""The tables of differences over recorded runs: their figures are those of the runs' own histories."""

from dataclasses import replace

import pytest

from llmviz.core import catalogue
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.core.update import Done
from llmviz.experiments.side_by_side import case_view, lists_view, view
from llmviz.experiments.side_by_side.case_view import Case, Run
from llmviz.parts.table.payload import Table
from llmviz.runs.library import Library
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store
from llmviz.views import methods, records, tables, words
from llmviz.views.records import Recipe


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(Store(tmp_path_factory.mktemp("home")), Recordings())


def made(library: Library, root: RunSpec, task: str, found: list[Recipe] | None = None) -> Case:
    """The case of this recorded root and this task."""
    found = records.recipes(library.shelf(), library.learning_curves()) if found is None else found
    start = next(recipe for recipe in case_view.roots(found) if recipe.spec == root)
    recipe = case_view.tuned(start, catalogue.experiment(task), found)
    other = records.scratch(recipe, found) if recipe else None

    def run(recipe: Recipe) -> Run:
        assert recipe.opened and recipe.opened.run
        return Run(recipe, library.history(recipe.opened.run))

    return Case(run(start), catalogue.experiment(task), run(recipe) if recipe else None, run(other) if other else None, 62_605, found)


def said(drawn: Table) -> dict[str, list[str]]:
    return {row["name"]: [tables.spoken(cell) for cell in row["cells"]] for row in drawn["rows"]}


def everything(case: Case) -> str:
    tables_ = (view.table(case), lists_view.pretraining(case), lists_view.fine_tuning(case))
    return "\n".join(cell for drawn in tables_ for row in said(drawn).values() for cell in row)


def test_every_figure_of_the_table_is_that_of_a_history(library: Library) -> None:
    root, tuned = RunSpec("mlm"), preset("sentiment")
    case = made(library, root, "sentiment")
    first, second = (library.history(RunRef(spec.id, 0)) for spec in (root, tuned))
    assert isinstance(first.end, Done) and isinstance(second.end, Done) and first.begin and second.begin
    rows = said(view.table(case))
    assert list(rows) == ["task", "data", "goal", "example models", "cost", "flexibility"]
    assert f"{first.tokens:,} tokens read" in rows["data"][0] and "62,605 different texts" in rows["data"][0]
    assert f"16 labels; {second.tokens:,} tokens read" in rows["data"][1] and "read 100 times" in rows["data"][1]
    assert f"hidden words named {words.figure(first.end.metrics['accuracy'], '%')}" in rows["goal"][0]
    assert f"capitals known {words.figure(first.end.metrics['facts'], '%')}" in rows["goal"][0]
    assert f"right predictions {words.figure(second.end.metrics['accuracy'], '%')}" in rows["goal"][1]
    assert f"chance {words.figure(second.end.metrics['chance'], '%')}" in rows["goal"][1]
    assert f"{first.begin.parameters:,} parameters" in rows["example models"][0]
    pretraining = methods.of_pretraining(root, first)
    assert pretraining and f"{methods.billions(pretraining.flops)} FLOPs" in rows["cost"][0]
    assert f"{second.begin.parameters:,} parameters trained" in rows["cost"][1] and "% of pretraining's FLOPs" in rows["cost"][1]
    assert "carried into 3 tasks: Sentiment 89 %, Entities 98 %, Answers 99 %" in rows["flexibility"][0]


def test_links_open_the_runs_that_are_told(library: Library) -> None:
    drawn = view.table(made(library, RunSpec("mlm"), "answers"))
    opened = {(bit["page"], bit["run"]) for row in drawn["rows"] for cell in row["cells"] for bit in cell["bits"] if bit["run"]}
    wanted = [("masked-tokens", RunSpec("mlm")), ("answers", preset("answers")), ("before-after", preset("sentiment"))]
    assert opened >= {(page, RunRef(spec.id, 0).key) for page, spec in wanted}


def test_both_lists_have_the_entries_of_the_lecture_each_with_a_figure_or_what_to_do(library: Library) -> None:
    case = made(library, RunSpec("mlm"), "sentiment")
    first, second = said(lists_view.pretraining(case)), said(lists_view.fine_tuning(case))
    assert len(first) == len(second) == 8
    for name, (sentence,) in (*first.items(), *second.items()):
        assert any(letter.isdigit() for letter in sentence) or sentence.startswith("Not measured here yet"), name
    assert "89 % from this model, 62 % from random weights" in first["transfer"][0]
    assert first["scalable with continual learning"][0].startswith("Pretrained further on a newer text")


def test_it_is_near_its_end_when_it_stays_at_nine_tenths(library: Library) -> None:
    case = made(library, RunSpec("mlm"), "sentiment")
    assert case.tuned
    curve = library.history(RunRef(preset("sentiment").id, 0)).scores["accuracy"]
    step = lists_view.near(case.tuned)
    assert step is not None and all(
        value >= 0.9 * curve.values[-1] for at, value in zip(curve.steps, curve.values, strict=True) if at >= step
    )
    before = [value for at, value in zip(curve.steps, curve.values, strict=True) if at < step]
    assert before[-1] < 0.9 * curve.values[-1]
    assert f"{step} of 100 steps" in said(lists_view.fine_tuning(case))["rapid specialisation"][0]


def test_the_fewest_labels_are_those_of_the_stored_runs(library: Library) -> None:
    spec = RunSpec("sentiment", starting_from(RunSpec("mlm")), objective=LabelsSpec(4))
    run = Kept(RunRef(spec.id, 1), spec, "done", metrics={"accuracy": 0.77})
    found = records.recipes([run, *library.shelf()])
    sentence = said(lists_view.fine_tuning(made(library, RunSpec("mlm"), "sentiment", found)))["quick learning from few examples"][0]
    assert sentence == "With 4 labels, the fewest tried here: 77 %."


def without_continual(library: Library) -> list[Kept]:
    """What is on the shelf but for the runs that come with the program and would be told of."""
    return [kept for kept in library.shelf() if kept.spec and kept.spec.stage != "continual"]


def test_a_run_that_goes_on_pretraining_measures_continual_learning(library: Library) -> None:
    spec = RunSpec("mlm", starting_from(RunSpec("mlm")), seed=5)
    run = Kept(RunRef(spec.id, 1), spec, "done", metrics={"loss": 0.7})
    found = records.recipes([run, *without_continual(library)])
    sentence = said(lists_view.pretraining(made(library, RunSpec("mlm"), "sentiment", found)))["scalable with continual learning"][0]
    assert "Pretrained further on Tinyland: loss on held-out text 0.70 nats" in sentence


def test_a_run_that_reads_a_newer_text_gives_both_rows_their_figures(library: Library) -> None:
    spec, root = preset("continual"), library.history(RunRef(RunSpec("mlm").id, 0))
    replaying = replace(spec, objective=replace(spec.objective, replay=1.0))
    control = replace(spec, objective=replace(spec.objective, city="Paris"))  # where no fact has changed nothing is learnt of one
    runs = [
        Kept(RunRef(control.id, 1), control, "done", metrics={"loss": 0.1, "old_loss": 9.0, "changed": 1.0, "kept": 0.5}),
        Kept(RunRef(spec.id, 1), spec, "done", metrics={"loss": 0.88, "old_loss": 3.29, "changed": 1.0, "kept": 0.02}),
        Kept(RunRef(replaying.id, 1), replaying, "done", metrics={"loss": 0.92, "old_loss": 0.83, "changed": 1.0, "kept": 0.87}),
    ]
    found = records.recipes([*runs, *without_continual(library)])
    case = made(library, RunSpec("mlm"), "sentiment", found)
    assert isinstance(root.end, Done)
    assert said(lists_view.pretraining(case))["scalable with continual learning"] == [
        "Pretrained further on a newer text: loss on the new text 0.88 nats; loss on the old text 3.29 nats, "
        f"{root.end.metrics['loss']:.2f} nats before; with replay 0.83 nats."
    ]
    (current,) = said(lists_view.fine_tuning(case))["customisable to current data"]
    assert "After 300 steps" in current and "new capital named 100 %, other capitals kept 2 %." in current
    opened = {bit["run"] for row in lists_view.pretraining(case)["rows"] for cell in row["cells"] for bit in cell["bits"]}
    assert {RunRef(run.id, 1).key for run in (spec, replaying)} <= opened


def test_what_is_missing_is_said_with_what_to_do(library: Library) -> None:
    case = made(library, RunSpec("mlm"), "own")
    assert case.tuned is None and view.reveal(case) is None
    rows = said(view.table(case))
    assert "press Train live" in rows["task"][1] and all(
        tables.spoken(view.NO_RUN) == row[1] for name, row in rows.items() if name != "task"
    )
    assert "press Train live" in said(lists_view.fine_tuning(case))["task adaptation"][0]
    t5 = made(library, RunSpec("span"), "text2text")
    assert view.UNCOUNTED not in (cost := said(view.table(t5))["cost"][1]) and "billion FLOPs" in cost
    assert view.UNPREPARED in said(view.table(Case(case.root, None, None, None, None, case.found)))["data"][0]


@pytest.mark.parametrize(("root", "task"), [(RunSpec("clm"), "sentiment"), (RunSpec("nsp"), "sentiment"), (RunSpec("mlm"), "entities")])
def test_every_root_and_task_is_told_in_numbers(library: Library, root: RunSpec, task: str) -> None:
    told = everything(made(library, root, task))
    assert not [odd for odd in ("None", "nan", "  ", "..", "()", ": .") if odd in told]


def test_the_answer_is_counted_from_both_histories(library: Library) -> None:
    case = made(library, RunSpec("mlm"), "sentiment")
    assert case.tuned
    told, times = view.reveal(case), case.root.history.tokens / case.tuned.history.tokens
    assert told and told.right == sum(times > bound for bound in view.BOUNDS) and f"{case.tuned.history.tokens:,}" in told.story


def test_what_answers_the_question_can_be_withheld(library: Library) -> None:
    case = made(library, RunSpec("mlm"), "sentiment")
    drawn = (view.table(case, withheld=True), lists_view.pretraining(case, withheld=True), lists_view.fine_tuning(case, withheld=True))
    told = "\n".join(cell for each in drawn for row in said(each).values() for cell in row)
    assert view.WITHHELD in told and f"{case.root.history.tokens:,}" not in told and "FLOPs" not in told
