"""What methods cost, as a table: of real recordings' histories, and of runs made up."""

import re
from dataclasses import replace

import pytest

from llmviz.core import catalogue, flops
from llmviz.core.history import History
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.run import RunRef
from llmviz.core.settings import LabelsSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import Study, Value
from llmviz.runs import tail
from llmviz.runs.recordings import Recordings
from llmviz.ui.methods import along
from llmviz.views import methods as view
from llmviz.views.study import Series

ACCURACY = catalogue.experiment("sentiment").metric("accuracy")
TUNED = preset("sentiment")
TOKENS = 16_000  # of 1,600 texts: ten each


def history(spec: RunSpec) -> History:
    return tail.look(Recordings().folder(RunRef(spec.id, 0)).updates, tail.Reached()).history


def ended(spec: RunSpec, share: float, parameters: int) -> LearningCurve:
    references = {"random_guess": 0.6931}
    return LearningCurve(spec, (0, 100), (0, TOKENS), {}, references, {"accuracy": share}, 2.0, parameters)


def series(shares: dict[str, tuple[float, ...]], parameters: int = 130) -> Series:
    made = along(TUNED)
    runs = {spec.id: ended(spec, share, parameters) for spec, share in _runs(made.study, shares)}
    return Series(made.name, made.phase, made.study, runs)


def _runs(study: Study, shares: dict[str, tuple[float, ...]]) -> list[tuple[RunSpec, float]]:
    return [
        (spec, share) for value in study.values for spec, share in zip(study.at(value), shares.get(value.settings[0], ()), strict=False)
    ]


def value(drawn: Series, method: str) -> Value:
    return next(each for each in drawn.study.values if each.settings == (method,))


def test_the_study_has_each_method_once_with_the_same_seeds() -> None:
    study = along(replace(TUNED, objective=LabelsSpec(16, "lora", 4))).study
    found = {each.settings[0]: study.at(each) for each in study.values}
    assert set(found) == {"full", "head", "last layer", "lora"}
    assert all(spec.objective.method == method for method, specs in found.items() for spec in specs)
    assert found["full"][0] == TUNED and found["lora"][0].objective.rank == 4
    assert {tuple(spec.seed for spec in specs) for specs in found.values()} == {study.seeds}
    assert all(spec.parent and spec.parent.seed == spec.seed for specs in found.values() for spec in specs)


def test_what_a_method_costs() -> None:
    drawn = series({"head": (0.6, 0.8, 0.7), "full": (0.9,)})
    head, full = (view.of_method(drawn, value(drawn, method), ACCURACY) for method in ("head", "full"))
    assert head and full and view.of_method(drawn, value(drawn, "lora"), ACCURACY) is None
    assert head.flops == TOKENS * flops.token(TUNED.model, 10, 64 * 2, "head").step < full.flops
    assert head.figure and (head.figure.median, head.figure.low, head.figure.high) == (0.7, 0.6, 0.8)
    assert (head.parameters, head.seconds, head.name) == (130, 2.0, "frozen body")


@pytest.mark.parametrize("stage", ["mlm", "clm"])
def test_what_the_recorded_pretraining_cost(stage: str) -> None:
    spec = preset(stage)
    told = history(spec)
    assert told.begin
    cost = view.of_pretraining(spec, told)
    assert cost and cost.figure is None and cost.parameters == told.begin.parameters
    # Kaplan's rule of 6·N a token counts each parameter once: here also those of the embeddings, which are looked up, as those of the head.
    assert cost.flops == pytest.approx(6 * told.begin.parameters * told.tokens, rel=0.15)


def test_pretraining_that_is_not_there_has_no_cost() -> None:
    assert view.of_pretraining(preset("mlm"), History()) is None


def test_the_table_has_every_method_and_pretraining_and_escapes() -> None:
    parent = view.of_pretraining(preset("mlm"), history(preset("mlm")))
    assert parent
    drawn = series({"head": (0.7,), "lora": (0.9, 0.95)})
    written = view.table(drawn, ACCURACY, replace(parent, name="<b>"))
    rows = [re.findall(r"<(?:th|td)[^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", written.replace("&#x27;", "'"))]
    assert rows[0] == ["method", *view.COLUMNS, ACCURACY.title]
    assert [row[0] for row in rows[1:]] == ["frozen body", "LoRA", "last layer and head", "full fine-tuning", "&lt;b&gt;"]
    assert rows[3][1:] == ["not trained", "", "", "", ""]
    assert rows[2][1] == "130" and rows[2][-1] == "median 92 %, 90 % to 95 % over 2 seeds"
    assert rows[1][2].endswith(" billion") and re.fullmatch(r"[\d.]+ %", rows[1][3]) and rows[5][3] == ""


def test_without_pretraining_or_a_count_nothing_is_made_up() -> None:
    written = view.table(series({"full": (0.9,)}, parameters=0), ACCURACY, None)
    assert "not told" in written and "pretraining<" not in written.replace(view.COLUMNS[2], "")


@pytest.mark.parametrize(("count", "told"), [(3.4e8, "0.34 billion"), (1.44e10, "14 billion"), (1.04e12, "1,000 billion")])
def test_flops_are_told_to_two_figures(count: float, told: str) -> None:
    assert view.billions(count) == told
