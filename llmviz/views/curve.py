"""The curves of a run as the payload of the live curve: its headline between its lines, probes below, one axis of steps."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from llmviz.core.experiment import LOSS, Experiment
from llmviz.core.history import Curve, History
from llmviz.parts.curve.payload import Level, LiveCurve, Points
from llmviz.views.about import lines

MOST_POINTS = 1_000  # more than a chart has pixels, and each costs time at every redraw
BATCHES = "; faint: each batch"
DASHES = ("", "7 4", "2 4")  # probes share the colour of the stage; dash and label tell them apart


def curve(history: History, experiment: Experiment, steps: int, live: bool, alone: bool = False) -> LiveCurve:
    """What the component draws. `steps` is the length of the axis: the whole run, also while it is still on its way.

    Where the shares stand `alone`, a headline that is one stands among them.
    """
    references = history.begin.references if history.begin else {}
    scores = history.scores
    headline = experiment.headline
    known = lines(experiment) if headline.name == LOSS else {headline.bound: ("best possible", "The best there can be.")}
    shares = [metric for metric in experiment.metrics if metric.unit == "%" and metric.name in scores and (alone or metric is not headline)]
    levels: list[Level] = [
        {"name": "best possible", "about": experiment.best, "value": round(references[metric.bound], 4)}
        for metric in shares
        if metric.bound in references
    ]
    levels += [
        {"name": name, "about": about, "value": round(references[metric.baseline], 4)}
        for metric in shares
        if metric.baseline in references
        for name, about in [experiment.baselines[metric.baseline]]
    ]
    return {
        "phase": experiment.colour,
        "about": _about(experiment),
        "fits": headline.name != LOSS,
        "total": steps,
        "live": live,
        "empty": "",
        "snapshots": list(history.snapshots),
        "headline": {"name": headline.called, "share": headline.unit == "%", **_points(scores.get(headline.name, Curve()))},
        "batches": _points(history.batches if headline.name == LOSS else Curve()),  # what a step descends may be another figure
        "lines": [
            {"name": title, "about": about, "value": round(references[name], 4)}
            for name, (title, about) in known.items()
            if name in references
        ],
        "probes": [
            {"name": metric.title, "about": metric.help, "dash": dash, "phase": "", **_points(scores[metric.name])}
            for metric, dash in zip(shares, DASHES, strict=False)
        ],
        "ceilings": levels,
    }


def thin(points: Sequence[Any], most: int = MOST_POINTS) -> list[Any]:
    """At most `most` of the points, evenly spread, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]


def _about(experiment: Experiment) -> str:
    """What the axis of the headline counts, and what is drawn on it."""
    unit = experiment.headline.unit
    return f"{unit} {experiment.loss_per}, held-out{BATCHES}" if experiment.headline.name == LOSS else f"{unit}, held-out"


@lru_cache(maxsize=256)
def _points(curve: Curve) -> Points:
    """Kept: at every drawing of a run that has ended they are the same."""
    return {"steps": thin(curve.steps), "values": [round(value, 4) for value in thin(curve.values)]}
