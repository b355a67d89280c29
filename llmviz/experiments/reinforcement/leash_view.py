"""True against proxy reward over the square root of the KL divergence (Gao et al. 2023, figure 1), from all steps of our runs. Pure."""

import html
import math
from collections.abc import Iterator, Sequence
from typing import Any

from llmviz.core.learning_curve import LearningCurve
from llmviz.core.study import Value
from llmviz.views import words
from llmviz.views.study import SYMBOLS, Series

# From a leash let go to a short one; told apart by their symbols too. 3 : 1 and more on both themes.
COLOURS = ("#D55E00", "#B8860B", "#009E73", "#0072B2", "#A55194")
MARKS = (*SYMBOLS, "star")
PANELS = (("reward", "proxy: the reward model", 0), ("taste", "true taste", 1))
FELL = 0.5  # points of taste


def curves(series: Series, value: Value) -> list[LearningCurve]:
    """The runs at this leash that have ended."""
    found = (series.learning_curves.get(spec.id) for spec in series.study.at(value))
    return [each for each in found if each and each.metrics and {"kl", "reward", "taste"} <= set(each.scores)]


def places(curve: LearningCurve) -> list[float]:
    """√KL at each of its evaluations."""
    return [math.sqrt(max(0.0, kl)) for kl in curve.scores["kl"]]


def figure(series: Series, size: int) -> dict[str, Any]:
    """Two charts side by side as plotly takes them, on one axis of √KL: what is optimised, and what was meant."""
    type = {"size": size}
    axes: dict[str, Any] = {}
    for _, title, place in PANELS:
        name, domain = str(place + 1) if place else "", ([0.0, 0.4], [0.54, 0.94])[place]
        axes[f"xaxis{name}"] = {
            **{"title": {"text": "√KL from the start", "font": type}, "domain": domain, "anchor": f"y{name}"},
            **{"rangemode": "tozero", "zeroline": False, "showgrid": False, "tickfont": type},
        }
        axes[f"yaxis{name}"] = {
            **{"title": {"text": f"{title} (points)", "font": type}, "anchor": f"x{name}", "zeroline": False},
            **{"nticks": 6, "tickfont": type},
        }
    return {
        "data": list(_traces(series, size)),
        "layout": {
            **{"font": type, "showlegend": True, "hovermode": "closest", "hoverlabel": {"font": type, "align": "left"}},
            "legend": {"font": type, "title": {"text": "β"}, "x": 1.0, "y": 1.0},
            "margin": {"l": 4.5 * size, "r": 2 * size, "t": size, "b": 3.6 * size},
            **axes,
        },
    }


def _traces(series: Series, size: int) -> Iterator[dict[str, Any]]:
    for place, value in enumerate(series.study.values):
        for run, curve in enumerate(curves(series, value)):
            for metric, title, panel in PANELS:
                name = str(panel + 1) if panel else ""
                told = [
                    f"<b>β {html.escape(value.label)}</b>, step {step:,}, seed {curve.spec.seed}<br>{title} {height:.2f}"
                    for step, height in zip(curve.steps, curve.scores[metric], strict=True)
                ]
                yield {
                    **{"type": "scatter", "mode": "lines+markers", "name": value.label, "legendgroup": value.label},
                    **{"showlegend": run == 0 and panel == 0, "x": places(curve), "y": list(curve.scores[metric])},
                    **{"xaxis": f"x{name}", "yaxis": f"y{name}", "line": {"color": COLOURS[place], "width": size / 8}},
                    "marker": {"color": COLOURS[place], "size": 0.5 * size, "symbol": MARKS[place]},
                    **{"text": told, "hovertemplate": "%{text}<extra></extra>"},
                }


def told(series: Series) -> str:
    """What was measured: for the loosest and the tightest leash that have ended, how far the taste went and whether it fell."""
    found = [(value, each) for value in series.study.values if (each := curves(series, value))]
    if not found:
        return ""
    ends = [found[0]] + ([found[-1]] if len(found) > 1 else [])
    return " ".join(f"β {value.label}: {_went(runs)}" for value, runs in ends)


def _went(runs: Sequence[LearningCurve]) -> str:
    fell = 0
    tops, lasts, far = [], [], []
    for run in runs:
        top = max(range(len(run.steps)), key=run.scores["taste"].__getitem__)
        tops.append(places(run)[top])
        lasts.append(run.scores["taste"][-1])
        far.append(places(run)[-1])
        fell += run.scores["taste"][top] - run.scores["taste"][-1] > FELL
    where = f"the true taste is highest at √KL {_range(tops)} and ends at {_range(lasts)} points, at √KL {_range(far)};"
    return f"{where} in {fell} of {words.counted(len(runs), 'run')} it fell by more than {FELL:g} from there."


def _range(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.1f}" if round(low, 1) == round(high, 1) else f"{low:.1f} to {high:.1f}"
