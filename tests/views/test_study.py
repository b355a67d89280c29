"""The chart of a study along its axis, its table and its file."""

import csv
from dataclasses import replace
from itertools import pairwise

import plotly.graph_objects as go  # type: ignore[import-untyped]
import pytest

from llmviz.core import catalogue
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.spec import NO_PARENT, RunSpec, preset
from llmviz.core.study import Axis, Study, Value, along
from llmviz.views import study as view

ACCURACY = catalogue.experiment("sentiment").metrics[1]
LOSS = catalogue.experiment("clm").metrics[0]
LABELS = Axis("labelled examples", ("labels",), "log")


def ended(spec: RunSpec, **metrics: float) -> LearningCurve:
    return LearningCurve(spec, metrics=metrics, seconds=4.25)


def series(name: str, base: RunSpec, shares: dict[int, tuple[float, ...]]) -> view.Series:
    """Of 2, 16 and 128 labels; of each count as many seeds have ended as there are shares."""
    study = Study(base, LABELS, along("labels", (2, 16, 128)), (0, 1, 2))
    runs = {
        study.spec(value, seed): share
        for value in study.values
        for seed, share in zip(study.seeds, shares.get(value.settings[0], ()), strict=False)
    }
    return view.Series(
        name,
        "finetuned" if base.parent else "random",
        study,
        {spec.id: ended(spec, accuracy=share, accuracy_ceiling=1.0, chance=0.51) for spec, share in runs.items()},
    )


PRETRAINED = series("pretrained", preset("sentiment"), {2: (0.6, 0.9, 0.8), 16: (0.92,)})
SCRATCH = series("random <start>", preset("sentiment", parent=NO_PARENT), {2: (0.5, 0.52, 0.51), 16: (0.6, 0.62, 0.61), 128: (0.7,)})


def test_a_line_is_the_median_and_a_band_goes_from_the_lowest_to_the_highest() -> None:
    drawn = view.figure([PRETRAINED], ACCURACY)
    area, dots, line = [trace for trace in drawn["data"] if trace.get("name") != "best possible"]
    assert (line["x"], line["y"]) == ([2.0, 16.0], [0.8, 0.92])
    assert (area["x"], area["y"]) == ([2.0, 16.0, 16.0, 2.0], [0.9, 0.92, 0.92, 0.6])
    assert sorted(dots["y"]) == [0.6, 0.8, 0.9, 0.92]
    assert line["text"][0].endswith("median 80 %, 60 % to 90 % over 3 seeds")
    assert line["text"][1].endswith("92 %, one seed")


def test_plotly_takes_it_and_two_series_differ_by_more_than_colour() -> None:
    drawn = view.figure([PRETRAINED, SCRATCH], ACCURACY, ("chance", "ngram"))
    go.Figure(drawn)  # raises for a property that plotly does not have
    marks = [trace["marker"]["symbol"] for trace in drawn["data"] if "name" in trace and "dash" not in trace["line"]]
    assert len({*marks}) == 2
    names = [each["text"] for each in drawn["layout"]["annotations"]]
    assert any("random &lt;start&gt;" in name for name in names)
    lines = [trace["name"] for trace in drawn["data"] if "dash" in trace.get("line", ())]
    assert lines == ["best possible", "chance"]  # no run told of ngram


def test_the_axis_has_all_values_before_there_is_a_run_at_each() -> None:
    empty = replace(PRETRAINED, learning_curves={})
    for each in (empty, PRETRAINED, SCRATCH):
        across = view.figure([each], ACCURACY)["layout"]["xaxis"]
        assert across["ticktext"] == ["2", "16", "128"] and across["type"] == "log"
        assert across["range"] == view.figure([empty], ACCURACY)["layout"]["xaxis"]["range"]
    assert view.figure([empty], ACCURACY)["data"] == []


def test_names_on_an_axis_stand_in_their_order_and_a_loss_has_its_unit() -> None:
    sizes = Study(preset("clm"), Axis("parameters", ("size",)), (Value("0.1 M", ("0.1M",)), Value("1 M", ("1M",))), (0,))
    learning_curves = {spec.id: ended(spec, loss=loss, floor=0.98) for spec, loss in zip(sizes.specs(), (1.02, 1.0), strict=True)}
    drawn = view.figure([view.Series("GPT", "pretrained", sizes, learning_curves)], LOSS, ("floor",))
    assert drawn["layout"]["xaxis"]["ticktext"] == ["0.1 M", "1 M"] and drawn["layout"]["xaxis"]["tickvals"] == [0.0, 1.0]
    assert drawn["layout"]["yaxis"]["title"]["text"].endswith("(nats)")
    assert [trace["name"] for trace in drawn["data"]] == ["floor", "GPT"]
    low, high = drawn["layout"]["yaxis"]["range"]
    assert low < 0.98 and high > 1.02


def test_names_of_lines_that_end_close_together_do_not_lie_on_one_another() -> None:
    placed = view._apart([("a", 0.99), ("b", 1.0), ("c", 1.0), ("d", 0.2)], 0.0, 1.03)
    heights = [height for _, height in placed]
    assert [name for name, _ in placed] == ["d", "a", "b", "c"]
    assert all(above - below >= view.CLOSEST * 1.03 - 1e-9 for below, above in pairwise(heights))
    assert max(heights) == pytest.approx(1.03)
    assert heights[0] == 0.2  # what is far away stays at its line


def test_the_table_says_what_the_chart_shows() -> None:
    told = view.table([PRETRAINED, SCRATCH], ACCURACY)
    assert (
        "<tr><th scope=row>2</th><td>median 80 %, 60 % to 90 % over 3 seeds</td><td>median 51 %, 50 % to 52 % over 3 seeds</td></tr>"
        in told
    )
    assert "<tr><th scope=row>128</th><td>not trained</td><td>70 %, one seed</td></tr>" in told
    assert "random &lt;start&gt;" in told and "<start>" not in told


def test_the_file_has_a_line_for_every_run_that_has_ended() -> None:
    head, *rows = csv.reader(view.as_csv([PRETRAINED, SCRATCH]).splitlines())
    assert head == ["series", "labelled examples", "seed", "run", "seconds", "accuracy", "accuracy_ceiling", "chance"]
    assert len(rows) == 4 + 7
    assert rows[0] == ["pretrained", "2", "0", PRETRAINED.study.specs()[0].id, "4.2", "0.6", "1.0", "0.51"]
