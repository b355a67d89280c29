"""The bill, of the recordings' own histories and of runs made up; and on paper, against sums done by hand."""

import csv
import io
import re
from dataclasses import replace

import pytest

from llmviz.core import costs
from llmviz.core.costs import Cost
from llmviz.core.published import PETAFLOP_DAY, TRAININGS
from llmviz.core.run import RunRef
from llmviz.core.settings import LabelsSpec, TextSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.experiments.bill import once_view, paper_view, view
from llmviz.experiments.bill.view import UNITS, Bill, Line
from llmviz.runs import tail
from llmviz.runs.recordings import Recordings

TUNED = preset("sentiment")
SCRATCH = replace(TUNED, inputs={})


def recorded(spec: RunSpec) -> Line:
    history = tail.look(Recordings().folder(RunRef(spec.id, 0)).updates, tail.Reached()).history
    cost = costs.of_history(spec, history)
    assert cost
    return Line(cost, True)


def line(spec: RunSpec, flops: float | None = 10.0, accuracy: float = 0.9, seconds: float = 2.0) -> Line:
    return Line(Cost(spec, 100, costs.labels(spec), flops, seconds, 130, {"accuracy": accuracy}), False)


def labelled(spec: RunSpec, labels: int, method: str = "full") -> RunSpec:
    return replace(spec, objective=LabelsSpec(labels, method))


def value(unit: str, of: Line, bill: Bill | None = None) -> float | None:
    return UNITS[unit].of(of.cost, bill or Bill())


def test_figures_are_those_of_the_runs_own_history() -> None:
    root, answers = recorded(preset("mlm")), recorded(preset("answers"))
    assert value("tokens", root) == root.cost.tokens == 1_692_870
    assert value("labels", root) == value("labelling", root) == 0 and value("labels", answers) == 1_000
    assert value("flops", root) == pytest.approx(6 * 125_052 * 1_692_870, rel=0.02)  # by hand, all its parameters counted
    assert value("stored", answers) == 4 * answers.cost.parameters
    assert value("memory", root) is None


@pytest.mark.parametrize(
    ("stage", "bill", "minutes"),
    [("sentiment", Bill(class_seconds=6.0), 1.6), ("entities", Bill(tags_seconds=15.0), 64), ("answers", Bill(answer_seconds=12.0), 200)],
)
def test_labels_take_time_by_their_kind(stage: str, bill: Bill, minutes: float) -> None:
    assert value("labelling", recorded(preset(stage)), bill) == pytest.approx(minutes)


def test_energy_is_watts_times_seconds() -> None:
    assert value("energy", line(TUNED, seconds=360.0), Bill(watts=20.0)) == pytest.approx(2.0)  # watt-hours


def test_of_each_method_the_run_nearest_to_the_recipe_stands_on_the_bill() -> None:
    many, usual, again = line(labelled(TUNED, 512)), line(TUNED), line(replace(TUNED, seed=7))
    lora, names = line(labelled(TUNED, 16, "lora")), line(preset("entities"))
    assert view.chosen([names, many, again, lora, usual]) == [usual, lora, names]


def test_bars_lie_between_the_powers_of_ten_around_them() -> None:
    drawn = view.bars([line(preset("mlm"), 2e12), line(TUNED, 3e10), line(labelled(TUNED, 16, "lora"), None)], Bill(), "")
    assert [(bar["phase"], bar["said"]) for bar in drawn["bars"]] == [
        ("pretrained", "2,000 billion"),
        ("finetuned", "30 billion"),
        ("finetuned", "not counted"),
    ]
    assert (drawn["low"], drawn["high"]) == (10, 13)
    assert drawn["ticks"] == [(10, "10"), (11, "100"), (12, "1,000"), (13, "10,000")]


def test_counts_are_exact_and_times_of_several_machines_marked() -> None:
    lines = [recorded(preset("mlm")), line(TUNED)]
    assert view.bars(lines, Bill(unit="tokens"), "")["bars"][0]["said"] == "1,692,870"
    drawn = view.bars(lines, Bill(unit="seconds"), "")
    assert drawn["bars"][0]["said"] == "70 s" and drawn["below"].endswith(view.MIXED)
    assert view.bars(lines[:1], Bill(unit="seconds"), "")["below"].startswith(
        "On a logarithmic scale: each line is 10 times the one before. Of the machine"
    )


def test_what_is_none_and_what_is_withheld() -> None:
    lines = [line(preset("mlm")), line(TUNED)]
    assert view.bars(lines, Bill(unit="labels"), "")["bars"][0]["said"] == "none"
    hidden = view.bars(lines, Bill(), "Guess first")
    assert hidden["bars"] == [] and hidden["withheld"] == "Guess first"


def test_the_question_is_answered_by_the_runs() -> None:
    told = view.reveal(line(preset("mlm"), 7e11), line(TUNED, 1e10))
    assert told and view.quiz("x").choices[told.right or 0] == "about 100 ×" and "70 times as many" in told.story
    assert view.reveal(line(preset("mlm"), None), line(TUNED)) is None
    assert view.claim(line(preset("mlm"), 7e11), line(TUNED, 1e10)).startswith("Pretraining: 70 times")


def test_the_table_and_the_file_hold_every_figure_and_escape() -> None:
    lines = [recorded(preset("mlm")), Line(replace(line(TUNED).cost, peak_memory=400_000_000, base_memory=350_000_000), False)]
    written = view.table(lines, Bill())
    assert written.count("<tr>") == 3 and "not told" in written and "<td>400, 350 of it before the run</td>" in written
    rows = list(csv.DictReader(io.StringIO(view.as_csv(lines, Bill(watts=20.0)))))
    assert [row["tokens"] for row in rows] == ["1692870", "100"]
    assert rows[1]["labelling_minutes"] == f"{16 * 5 / 60:.10g}" and rows[0]["peak_memory_bytes"] == ""
    assert {row["assumed_watts"] for row in rows} == {"20.0"} and rows[1]["run"] == TUNED.id
    assert len({len(row) for row in rows}) == 1 and None not in rows[0]


@pytest.mark.parametrize(
    ("root", "tuned", "scratch", "count"), [(100, 1, 11, 11), (100, 1, 12, 10), (0, 16, 512, 1), (100, 5, 5, None), (100, 9, 5, None)]
)
def test_one_pretraining_pays_from_the_first_task_at_which_it_costs_less(root: int, tuned: int, scratch: int, count: int | None) -> None:
    assert once_view.pays_from(root, tuned, scratch) == count
    if count:
        assert root + count * tuned < count * scratch
        assert count == 1 or root + (count - 1) * tuned >= (count - 1) * scratch


def test_against_a_fine_tuning_stand_runs_from_random_weights_that_came_as_far() -> None:
    tuned = line(TUNED, 1.0)
    near, far, dear = line(SCRATCH, 1.0, 0.6), line(labelled(SCRATCH, 256), 11.0, 0.9), line(labelled(SCRATCH, 512), 40.0, 0.95)
    found = once_view.rivals(tuned, [near, far, dear, line(preset("entities", parent="none"))])
    assert found.equal == (far, dear) and found.farthest == dear
    written = once_view.table(line(preset("mlm"), 105.0), [found], Bill())
    cells = re.findall(r"<td[^>]*>(.*?)</td>", written)
    assert cells[:3] == ["90 % with 16 labels", "95 % with 512 labels", "task 11"]  # 105 + 11 · 1 < 11 · 11
    assert cells[4:] == ["the first task", "the first task"]  # pretraining takes no label


def test_seconds_of_another_machine_do_not_compare() -> None:
    came_with = Line(line(preset("mlm"), 105.0).cost, True)
    written = once_view.table(came_with, [once_view.rivals(line(TUNED, 1.0), [line(SCRATCH, 11.0)])], Bill())
    assert re.findall(r"<td[^>]*>(.*?)</td>", written)[2:4] == ["task 11", "recorded elsewhere"]


def test_what_no_run_tells_is_said() -> None:
    root = line(preset("mlm"))
    short = once_view.table(root, [once_view.rivals(line(TUNED), [line(SCRATCH, 1.0, 0.6)])], Bill())
    assert "no run from random weights came as far" in short and "60 % with 16 labels" in short
    assert "not trained" in once_view.table(root, [once_view.rivals(line(TUNED), [])], Bill())


def test_on_paper_the_rule_gives_what_hands_compute() -> None:
    by_name = {each.name: each for each in TRAININGS}
    bert = by_name["BERT-base, pretraining"]
    assert bert.tokens == 131_072_000_000 and bert.derived == pytest.approx(8.65e19, rel=0.001)
    gpt = by_name["GPT-3, pretraining"]
    assert gpt.derived == pytest.approx(3.14e23, rel=0.002) and (gpt.known or 0) / PETAFLOP_DAY == pytest.approx(3_640, rel=0.002)
    assert by_name["Llama 3.1 405B, pretraining"].derived == pytest.approx(3.8e25, rel=0.005)
    demonstrations = by_name["InstructGPT, step 1: demonstrations"]
    assert demonstrations.derived == pytest.approx(4.47e20, rel=0.002)  # 6 · 175e9 · 13,000 · 16 · 2,048
    assert demonstrations.flops == pytest.approx(4.23e20, rel=0.002)  # less than the bound
    assert by_name["InstructGPT, step 2: reward model"].known is None


def test_every_published_figure_has_its_source() -> None:
    written = paper_view.table()
    assert all(re.search(r"arXiv \d{4}\.\d{5}, (section|table)", each.source) for each in TRAININGS)
    assert written.count("<tr>") == 1 + len(TRAININGS)
    assert "3.14 × 10²³" in written and "3,630" in written and "13,000 answers written" in written


def test_ours_and_published_ones_stand_on_one_scale() -> None:
    drawn = paper_view.bars([line(preset("mlm"), 1.28e12)])
    assert drawn["bars"][0]["said"] == "1.28 × 10¹²" and len(drawn["bars"]) == 1 + len(TRAININGS)
    assert drawn["low"] <= 12 and drawn["high"] == 26 and len(drawn["ticks"]) <= view.MOST_TICKS + 1


def test_labels_cost_the_time_of_their_kind_and_none_where_a_list_gave_them() -> None:
    bill = Bill(class_seconds=60, tags_seconds=120, answer_seconds=180)
    cases = (("sentiment", "reviews", 1), ("entities", "tinyland", 2), ("entities", "wiki", 0), ("answers", "tinyland", 3))
    for stage, text, each in cases:
        spec = replace(RunSpec(stage), text=TextSpec(text), inputs={})
        assert value("labelling", line(spec), bill) == each * spec.objective.labels
    own = replace(RunSpec("own_entities"), text=TextSpec("wiki"), inputs={})  # a visitor's own, whatever its parent has read
    assert value("labelling", line(own), bill) == 2 * own.objective.labels
