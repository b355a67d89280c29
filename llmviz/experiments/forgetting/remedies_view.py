"""Remedies against forgetting, side by side: what each loses of the pretraining and how well it does the task. Pure."""

import html
from collections.abc import Sequence
from statistics import median
from typing import Any

from llmviz.core.experiment import Metric
from llmviz.core.forgetting import PREFIX
from llmviz.core.study import Band, Value, band
from llmviz.views import words
from llmviz.views.study import COLOURS, NEUTRAL, Series, said

LOST = Metric("lost", "pretraining lost", "nats", "By how much the pretraining's loss on held-out words has risen, in nats.")
COSTLY = 0.3  # nats: what costs less needs no remedy (lesson E4)
FIGURE = {"accuracy": "right", "f1": "F1", "exact_match": "exact match"}  # at an axis, which is short on a phone
GAP = 0.06  # of the width, between the two charts


def lost(series: Series, value: Value) -> Band | None:
    """By how many nats the pretraining loss has risen from the first evaluation to the last, over the seeds that have ended."""
    found = [series.learning_curves.get(spec.id) for spec in series.study.at(value)]
    ends = [curve.scores[f"{PREFIX}loss"] for curve in found if curve and curve.metrics and f"{PREFIX}loss" in curve.scores]
    return band([values[-1] - values[0] for values in ends])


def removed(series: Series, value: Value) -> float | None:
    """The share of the nats which the first value, plain fine-tuning, loses, that this one does not; None where that loses little."""
    plain, ours = lost(series, series.study.values[0]), lost(series, value)
    return 1 - ours.median / plain.median if plain and ours and plain.median >= COSTLY else None


def figure(series: Series, metric: Metric, size: int = 15) -> dict[str, Any]:
    """Two charts with the remedies in common, as plotly takes them: the nats that each loses, and the metric each comes to."""
    named = [value.label for value in series.study.values]
    type = {"size": size, "color": NEUTRAL}  # of a second axis the theme colours nothing
    axis = {"tickfont": type, "zeroline": False, "rangemode": "tozero"}
    rows = {"categoryorder": "array", "categoryarray": named, "range": [len(named) - 0.5, -0.5]}  # from the top down, also those to come
    return {
        "data": [
            _bars(series, "pretrained", "x", LOST, [lost(series, value) for value in series.study.values]),
            _bars(series, "finetuned", "x2", metric, [series.band(value, metric.name) for value in series.study.values]),
        ],
        "layout": {
            "font": type,
            "showlegend": False,
            "hoverlabel": {"font": type, "align": "left"},
            "margin": {"l": 11 * size, "r": size, "t": size, "b": 3.6 * size},
            "yaxis": {"tickfont": type, "tickvals": named, "type": "category", **rows},
            "xaxis": {**axis, "domain": [0, 0.5 - GAP / 2], "title": {"text": f"{LOST.unit} lost", "font": type}},
            "xaxis2": {
                **axis,
                "domain": [0.5 + GAP / 2, 1],
                "title": {"text": FIGURE.get(metric.name, metric.title), "font": type},
                "range": [0, 1.12],
                "tickformat": ".0%",
                "tickvals": [0, 0.25, 0.5, 0.75, 1],
            },
        },
    }


def _bars(series: Series, phase: str, axis: str, metric: Metric, bands: Sequence[Band | None]) -> dict[str, Any]:
    """A bar for each remedy that has ended, as long as the median, with a line from the lowest seed to the highest."""
    there = [(value.label, found) for value, found in zip(series.study.values, bands, strict=True) if found]
    heights = [found.median for _, found in there]
    return {
        "type": "bar",
        "orientation": "h",
        "xaxis": axis,
        "yaxis": "y",
        "y": [label for label, _ in there],
        "x": heights,
        "marker": {"color": COLOURS[phase]},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [found.high - found.median for _, found in there],
            "arrayminus": [found.median - found.low for _, found in there],
            "visible": any(found.seeds > 1 for _, found in there),
        },
        "text": [words.measured(height, metric.unit) for height in heights],
        "textposition": "auto",
        "hovertext": [f"<b>{html.escape(label)}</b><br>{said(found, metric)}" for label, found in there],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def told(series: Series, metric: Metric) -> str:
    """What plain fine-tuning loses, and which remedies remove half of that or more, at what price. Empty before plain has ended."""
    plain_value, *others = series.study.values
    plain, figure = lost(series, plain_value), series.band(plain_value, metric.name)
    if plain is None or figure is None:
        return ""
    if plain.median < COSTLY:
        return f"Plain fine-tuning loses {plain.median:.2f} nats here: there is little to remedy."
    parts = [f"Plain fine-tuning loses {plain.median:.2f} nats."]
    known = [
        (share, value, theirs.median - figure.median)
        for value in others
        if (share := removed(series, value)) is not None and (theirs := series.band(value, metric.name))
    ]
    parts += [
        f"{words.sentence(value.label).removesuffix('.')} removes {share:.0%} of that, at {_points(gain)}."
        for share, value, gain in sorted(known, key=lambda each: -each[0])
        if share >= 0.5
    ]
    if known and max(share for share, _, _ in known) < 0.5:
        parts.append("None of the remedies tried removes half of that.")
    return " ".join(parts)


def _points(gain: float) -> str:
    """`1.7 points less`, `3.1 points more`, of the metric."""
    return f"{abs(100 * gain):.1f} points {'more' if gain > 0 else 'less'}"


def table(series: Series, metric: Metric) -> str:
    """The same as a table in HTML, with the facts that are left where the run has measured them."""
    head = ("remedy", LOST.title, "of plain's loss removed", "facts left", metric.title)
    rows = "".join(_row(series, value, metric) for value in series.study.values)
    columns = "".join(f"<th scope=col>{html.escape(name)}</th>" for name in head)
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>"


def _row(series: Series, value: Value, metric: Metric) -> str:
    cost, figure, share = lost(series, value), series.band(value, metric.name), removed(series, value)
    facts = series.figures(value, f"{PREFIX}facts")
    cells = (
        said(cost, LOST) if cost else "not trained",
        "" if share is None or value == series.study.values[0] else f"{share:.0%}",
        words.measured(median(facts), "%") if facts else "",
        said(figure, metric) if figure else "",
    )
    return f"<tr><th scope=row>{html.escape(value.label)}</th>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"
