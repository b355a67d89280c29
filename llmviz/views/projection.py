"""Hidden states in two dimensions as plotly takes them: axes stay, points move with the step, a colour for each true label. Pure."""

import html
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from llmviz.core.questions.layers import Projection
from llmviz.views import words
from llmviz.views.study import COLOURS, NEUTRAL, SYMBOLS

# By the place of a label, as the colours of the kinds of name (parts/tagged). Each 3 : 1 and more on both themes.
LABELS = ("#9467BD", "#2E9E68", "#B08800", "#D9534F")
MARKS = (*SYMBOLS, "cross")
LINE = 48  # letters of a line in a hover
MARGIN = 0.06  # of an axis, around the points


def figure(known: Mapping[int, Projection], step: int, size: int = 15) -> dict[str, Any]:
    """The map at one of the steps that are known, on axes that hold the points of all, in type of so many pixels."""
    shown = known[step]
    font = {"size": size}
    colours = LABELS if len(shown.labels) < 3 else (*LABELS[: len(shown.labels) - 1], NEUTRAL)  # of several kinds the last is none of them
    own = [_points("yours", shown.own, shown.own_shown, {"color": COLOURS["finetuned"], "symbol": "star", "size": 1.1 * size}, "yours")]
    return {
        "data": [
            *(
                _points(
                    label,
                    shown.points[shown.truth == place],
                    [text for text, true in zip(shown.shown, shown.truth, strict=True) if true == place],
                    {"color": colour, "symbol": symbol, "size": 0.55 * size, "opacity": 0.75},
                    f"true label: {label}",
                )
                for place, (label, colour, symbol) in enumerate(zip(shown.labels, colours, MARKS, strict=False))
            ),
            *(own if len(shown.own) else []),
        ],
        "layout": {
            "font": font,
            "hovermode": "closest",
            "hoverlabel": {"font": font, "align": "left"},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": font, "bgcolor": "rgba(0, 0, 0, 0)"},
            "margin": {"l": 3.4 * size, "r": 0.5 * size, "t": 2.2 * size, "b": 3.4 * size},
            "xaxis": _axis("first", float(shown.variance[0]), [each for found in known.values() for each in _along(found, 0)], font),
            "yaxis": _axis("second", float(shown.variance[1]), [each for found in known.values() for each in _along(found, 1)], font),
        },
    }


def _along(found: Projection, axis: int) -> list[float]:
    return [*found.points[:, axis].tolist(), *found.own[:, axis].tolist()]


def _axis(order: str, share: float, values: Sequence[float], font: Mapping[str, Any]) -> dict[str, Any]:
    low, high = min(values), max(values)
    margin = MARGIN * (high - low) or 1.0
    about = {"text": f"{order} principal component, {words.figure(share, '%')}", "font": font}
    return {
        "title": about,
        "range": [low - margin, high + margin],
        "zeroline": False,
        "showgrid": False,
        "showline": True,
        "mirror": True,
        "showticklabels": False,
    }


def _points(name: str, points: Any, shown: Sequence[str], looks: Mapping[str, Any], about: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": html.escape(name),
        "x": points[:, 0].tolist(),
        "y": points[:, 1].tolist(),
        "marker": {**looks, "line": {"width": 0}},
        "text": [f"<b>{html.escape(about)}</b><br>{_folded(text)}" for text in shown],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _folded(text: str) -> str:
    """A text in lines that a hover can show, as plotly's HTML."""
    return "<br>".join(html.escape(line) for part in text.split("\n") for line in textwrap.wrap(part, LINE))


def said(known: Mapping[int, Projection], step: int) -> str:
    """What the map shows: how much of the variance, and how far the labels lie apart in it, now and at first."""
    first, now = known[min(known)], known[step]
    both = f"The two axes hold {words.figure(float(now.variance.sum()), '%')} of the variance of the last hidden states"
    began, here = _apart(first), _apart(now)
    if step == first.step:
        return f"{both}. The label explains {words.figure(began, '%')} of where the points lie."
    return f"{both}. The label explains {words.figure(here, '%')} of where the points lie; at step {first.step} {words.figure(began, '%')}."


def _apart(found: Projection) -> float:
    """The share of the points' variance that lies between the means of their labels rather than around these."""
    centred = found.points - found.points.mean(0)
    means = np.stack([centred[found.truth == place].mean(0) for place in found.truth])
    return float((means**2).sum() / max((centred**2).sum(), np.finfo(np.float32).tiny))
