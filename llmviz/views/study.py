"""A study as a chart along its axis: of each series the median seed as a line, from the lowest to the highest as a band. Pure."""

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from llmviz.core import catalogue, spreadsheet
from llmviz.core.experiment import Metric
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.study import Band, Study, Value, band
from llmviz.views import words
from llmviz.views.about import LINES

COLOURS = {"random": "#8A8F98", "pretrained": "#0072B2", "finetuned": "#D55E00", "aligned": "#009E73"}  # 3 : 1 and more on both themes
SYMBOLS = {"circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲"}  # never by colour alone: in plotly, and beside a name
NEUTRAL = "#7E8791"
DASHES = {"dash": "– –", "dot": "···", "dashdot": "– ·", "longdash": "— —"}
BANDS = "Line: median over seeds. Band: from the lowest seed to the highest. Small dots: single runs."
CLOSEST = 0.075  # share of the height that two names at lines are apart at least


@dataclass(frozen=True)
class Series:
    """One study of a chart: its name at the line, the stage of a model whose colour it has, and how its runs went, by their ids.

    All series of a chart have the same values.
    """

    name: str
    phase: str
    study: Study
    learning_curves: Mapping[str, LearningCurve]

    def figures(self, value: Value, metric: str) -> list[float]:
        """The metric of each seed at this value that has ended."""
        learning_curves = (self.learning_curves.get(spec.id) for spec in self.study.at(value))
        return [each.metrics[metric] for each in learning_curves if each and metric in each.metrics]

    def band(self, value: Value, metric: str) -> Band | None:
        """Of the seeds at this value that have ended."""
        return band(self.figures(value, metric))


def figure(series: Sequence[Series], metric: Metric, references: Sequence[str] = (), size: int = 15) -> dict[str, Any]:
    """The chart as plotly takes it, in type of so many pixels.

    The metric's bound and baseline stand in it where the runs told them, and so do `references`, more figures that are no model's.
    """
    study, shares = series[0].study, metric.unit == "%"
    models = [trace for symbol, each in zip(SYMBOLS, series, strict=False) for trace in _model(each, metric, symbol, size)]
    wanted = dict.fromkeys(name for name in (metric.bound, metric.baseline, *references) if name)
    lines = [trace for dash, name in zip(DASHES, wanted, strict=False) for trace in _reference(series, name, metric, dash)]
    heights = [height for trace in (*models, *lines) for height in trace["y"]]
    low, high = (0.0, 1.03) if shares else (0.95 * min(heights, default=0.0), 1.05 * max(heights, default=1.0))
    named = [(_label(trace), trace["y"][-1]) for trace in (*models, *lines) if "name" in trace]
    places = [_x(study, place) for place in range(len(study.values))]
    about = metric.title if shares else f"{metric.title} ({metric.unit})"
    type = {"size": size}
    return {
        "data": [*lines, *models],
        "layout": {
            "font": type,
            "showlegend": False,
            "hovermode": "closest",
            "hoverlabel": {"font": type, "align": "left"},
            "margin": {"l": 5 * size, "r": 11 * size, "t": size, "b": 3.6 * size},
            "xaxis": {
                "title": {"text": study.axis.label, "font": type},
                "tickmode": "array",
                "tickvals": places,
                "ticktext": [value.label for value in study.values],
                "tickfont": type,
                "zeroline": False,
                "showgrid": False,
                **_across(study.axis.scale, places),
            },
            "yaxis": {
                "title": {"text": about, "font": type},
                "range": [low, high],
                "tickformat": ".0%" if shares else ".2f",
                "tickfont": type,
                "nticks": 6,
                "zeroline": False,
            },
            "annotations": [
                {"text": label, "font": type, "xref": "paper", "x": 1.01, "xanchor": "left", "y": height, "showarrow": False}
                for label, height in _apart(named, low, high)
            ],
        },
    }


def _across(scale: str, places: Sequence[float]) -> dict[str, Any]:
    """The axis from its first value to its last, whether or not there is a run at each of them."""
    first, last = (math.log10(places[end]) if scale == "log" else places[end] for end in (0, -1))
    margin = 0.05 * (last - first) or 1.0
    return {"type": "log" if scale == "log" else "linear", "range": [first - margin, last + margin]}


def _label(trace: Mapping[str, Any]) -> str:
    """The name of a line with its mark, as plotly's HTML."""
    mark = DASHES[trace["line"]["dash"]] if "dash" in trace["line"] else SYMBOLS[trace["marker"]["symbol"]]
    return f"<span style='color:{trace['line']['color']}'>{mark}</span> {html.escape(trace['name'])}"


def _x(study: Study, place: int) -> float:
    """Where a value lies on the axis: at its number, or in its order."""
    return float(place) if study.axis.scale == "order" else float(study.values[place].settings[0])


def _model(series: Series, metric: Metric, symbol: str, size: int) -> Iterator[dict[str, Any]]:
    """Band, single runs and middle of one series; nothing where none of its runs has ended."""
    study, colour = series.study, COLOURS[series.phase]
    bands = [(_x(study, place), value, found) for place, value in enumerate(study.values) if (found := series.band(value, metric.name))]
    if not bands:
        return
    xs = [x for x, _, _ in bands]
    if any(found.seeds > 1 for _, _, found in bands):
        edge = [*(found.high for _, _, found in bands), *(found.low for _, _, found in reversed(bands))]
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        looks = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": f"rgba({red}, {green}, {blue}, 0.18)"}
        yield {"type": "scatter", "x": [*xs, *reversed(xs)], "y": edge, **looks, "hoverinfo": "skip"}
        dots = [(x, height) for x, value, _ in bands for height in series.figures(value, metric.name)]
        looks = {"mode": "markers", "marker": {"color": colour, "size": size / 3, "opacity": 0.6}}
        yield {"type": "scatter", "x": [x for x, _ in dots], "y": [height for _, height in dots], **looks, "hoverinfo": "skip"}
    name, axis = html.escape(series.name), html.escape(study.axis.label)
    yield {
        "type": "scatter",
        "name": series.name,
        "x": xs,
        "y": [found.median for _, _, found in bands],
        "mode": "lines+markers",
        "line": {"color": colour, "width": size / 5},
        "marker": {"color": colour, "size": 0.7 * size, "symbol": symbol},
        "text": [f"<b>{name}</b> · {axis}: {html.escape(value.label)}<br>{said(found, metric)}" for _, value, found in bands],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _reference(series: Sequence[Series], name: str, metric: Metric, dash: str) -> Iterator[dict[str, Any]]:
    """What a figure that is no model's is along the axis; nothing where no run has told it."""
    study = series[0].study
    known = {**LINES, **catalogue.experiment(study.base.stage).baselines}
    title = known[name][0] if name in known else "best possible"  # all that bounds a metric and is no line of a loss
    columns = ((place, [height for each in series for height in each.figures(value, name)]) for place, value in enumerate(study.values))
    told = [(_x(study, place), median(column)) for place, column in columns if column]
    if told:
        yield {
            "type": "scatter",
            "name": title,
            "x": [x for x, _ in told],
            "y": [height for _, height in told],
            "mode": "lines+markers",  # of a line of one point the mark alone is seen
            "line": {"color": NEUTRAL, "width": 2, "dash": dash},
            "marker": {"color": NEUTRAL, "size": 12, "symbol": "line-ew-open", "line": {"width": 2}},
            "text": [f"{title}: {words.measured(height, metric.unit)}" for _, height in told],
            "hovertemplate": "%{text}<extra></extra>",
        }


def said(found: Band, metric: Metric) -> str:
    """`median 92 %, 89 % to 94 % over 5 seeds`."""
    if found.seeds == 1:
        return f"{words.measured(found.median, metric.unit)}, one seed"
    low, high = words.figure(found.low, metric.unit), words.measured(found.high, metric.unit)
    return f"median {words.measured(found.median, metric.unit)}, {low} to {high} over {words.counted(found.seeds, 'seed')}"


def _apart(named: Sequence[tuple[str, float]], low: float, high: float) -> list[tuple[str, float]]:
    """The names at lines, moved apart where they would lie on one another."""
    least = CLOSEST * (high - low)
    ordered = sorted(named, key=lambda each: each[1])
    heights = [height for _, height in ordered]
    for place in range(1, len(heights)):  # upwards from the lowest
        heights[place] = max(heights[place], heights[place - 1] + least)
    for place in reversed(range(len(heights))):  # and down again from the upper edge
        heights[place] = min(heights[place], high - (len(heights) - 1 - place) * least)
    return [(name, height) for (name, _), height in zip(ordered, heights, strict=True)]


def table(series: Sequence[Series], metric: Metric) -> str:
    """The same as a table in HTML, for whoever does not see the chart."""
    study = series[0].study
    names = "".join(f"<th scope=col>{html.escape(each.name)}</th>" for each in series)
    rows = "".join(
        f"<tr><th scope=row>{html.escape(value.label)}</th>{''.join(_cell(each, value, metric) for each in series)}</tr>"
        for value in study.values
    )
    return f"<table><thead><tr><th scope=col>{html.escape(study.axis.label)}</th>{names}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(series: Series, value: Value, metric: Metric) -> str:
    found = series.band(value, metric.name)
    return f"<td>{said(found, metric) if found else 'not trained'}</td>"


def as_csv(series: Sequence[Series]) -> str:
    """Every run that has ended as a line, with all its figures on test data."""
    runs = [
        (each, value, spec.seed, spec.id, each.learning_curves[spec.id])
        for each in series
        for value in each.study.values
        for spec in each.study.at(value)
        if spec.id in each.learning_curves and each.learning_curves[spec.id].metrics
    ]
    figures = sorted({name for *_, learning_curve in runs for name in learning_curve.metrics})
    head = ["series", series[0].study.axis.label, "seed", "run", "seconds", *figures]
    lines = (
        [each.name, value.label, seed, id, round(curve.seconds, 1), *(curve.metrics.get(name, "") for name in figures)]
        for each, value, seed, id, curve in runs
    )
    return spreadsheet.as_csv([head, *lines])
