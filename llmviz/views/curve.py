"""The curves of a run as the payload of the live curve: loss between its lines, probes below, one axis of steps."""

from collections.abc import Sequence
from typing import Any

from llmviz.core.catalogue import Stage
from llmviz.core.history import Curve, History

MOST_POINTS = 1_000  # more than a chart has pixels, and each costs time at every redraw
DASHES = ("", "7 4", "2 4")  # probes share the colour of the stage; dash and label tell them apart
LINES = {
    "random_guess": ("random guess", "a model that finds every word equally likely"),
    "unigram": ("unigram", "knows only how frequent each word is"),
    "trigram": ("trigram", "knows only the two words before"),
    "floor": ("floor", "the best that any model can do on this text"),
}


def curve(history: History, stage: Stage, steps: int, live: bool) -> dict[str, Any]:
    """What the component draws. `steps` is the length of the axis: the whole run, also while it is still on its way."""
    references = history.begin.references if history.begin else {}
    scores = history.scores
    shares = [metric for metric in stage.metrics if metric.unit == "%" and metric.name in scores]
    return {
        "total": steps,
        "live": live,
        "snapshots": list(history.snapshots),
        "loss": _points(scores.get("loss", Curve())),
        "batches": _points(history.batches),
        "lines": [
            {"name": LINES[name][0], "about": LINES[name][1], "value": round(references[name], 4)} for name in LINES if name in references
        ],
        "probes": [
            {"name": metric.title, "dash": dash, **_points(scores[metric.name])} for metric, dash in zip(shares, DASHES, strict=False)
        ],
        "ceilings": [
            {"name": f"the most possible: {metric.title}", "value": round(references[metric.bound], 4)}
            for metric in shares
            if metric.bound in references
        ],
    }


def thin(points: Sequence[Any], most: int = MOST_POINTS) -> list[Any]:
    """At most `most` of the points, evenly spread, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]


def _points(curve: Curve) -> dict[str, list[float]]:
    return {"steps": thin(curve.steps), "values": [round(value, 4) for value in thin(curve.values)]}
