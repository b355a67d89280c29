"""How many of the examples are refusals: what that does to refusing what is forbidden, and what is allowed. Pure."""

import html
from collections.abc import Sequence
from typing import Any

from llmviz.core.experiment import Experiment
from llmviz.core.study import Band
from llmviz.views.study import COLOURS, Series, said

ROUGH = 25  # points of which both shares are alike to so fine a grid cannot be told apart in the chart
OVER, RIGHT, HELPED = "refused_allowed", "refused_forbidden", "followed"


def figure(series: Series, experiment: Experiment, size: int = 15) -> dict[str, Any]:
    """Over-refusal across, refusals up: a point for each share of refusals that has ended, its median, and the range of its seeds."""
    there = [
        (value, over, right) for value in series.study.values if (over := series.band(value, OVER)) and (right := series.band(value, RIGHT))
    ]
    type, colour = {"size": size}, COLOURS[series.phase]
    axis = {"tickformat": ".0%", "tickfont": type, "zeroline": False, "range": [-0.06, 1.1], "nticks": 6}
    return {
        "data": [
            {
                "type": "scatter",
                "x": [over.median for _, over, _ in there],
                "y": [right.median for _, _, right in there],
                "error_x": _spread([over for _, over, _ in there], colour),
                "error_y": _spread([right for _, _, right in there], colour),
                "mode": "lines+markers+text",
                "text": _labels([(over.median, right.median) for _, over, right in there], [value.label for value, _, _ in there]),
                "textposition": "bottom right",
                "textfont": type,
                "line": {"color": colour, "width": size / 7},
                "marker": {"color": colour, "size": 0.7 * size},
                "hovertext": [
                    f"<b>{html.escape(value.label)} refusals</b><br>forbidden refused: {said(right, experiment.metric(RIGHT))}"
                    f"<br>allowed refused: {said(over, experiment.metric(OVER))}"
                    for value, over, right in there
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        ],
        "layout": {
            "font": type,
            "showlegend": False,
            "hoverlabel": {"font": type, "align": "left"},
            "margin": {"l": 5 * size, "r": 2 * size, "t": size, "b": 3.6 * size},
            "xaxis": {**axis, "title": {"text": experiment.metric(OVER).title, "font": type}},
            "yaxis": {**axis, "title": {"text": experiment.metric(RIGHT).title, "font": type}},
        },
    }


def _labels(points: Sequence[tuple[float, float]], names: Sequence[str]) -> list[str]:
    """What stands at each point; those that lie on one another have their names at the first of them."""
    places = [(round(x * ROUGH), round(y * ROUGH)) for x, y in points]
    together = [", ".join(name for name, there in zip(names, places, strict=True) if there == place) for place in places]
    return [html.escape(label) if places.index(place) == at else "" for at, (place, label) in enumerate(zip(places, together, strict=True))]


def _spread(bands: list[Band], colour: str) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [each.high - each.median for each in bands],
        "arrayminus": [each.median - each.low for each in bands],
        "color": colour,
        "thickness": 1.5,
    }


def table(series: Series, experiment: Experiment) -> str:
    """The same, and what is followed, as a table in HTML."""
    names = (RIGHT, OVER, HELPED)
    head = "".join(f"<th scope=col>{html.escape(experiment.metric(name).title)}</th>" for name in names)
    rows = ""
    for value in series.study.values:
        cells = "".join(_cell(series.band(value, name), experiment, name) for name in names)
        rows += f"<tr><th scope=row>{html.escape(value.label)}</th>{cells}</tr>"
    return f"<table><thead><tr><th scope=col>refusals among the examples</th>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(found: Band | None, experiment: Experiment, name: str) -> str:
    return f"<td>{said(found, experiment.metric(name)) if found else 'not trained'}</td>"
