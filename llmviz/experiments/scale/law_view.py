"""A power law through the losses of models that differ in one number (Kaplan et al. 2020; Hoffmann et al. 2022). Pure.

L(x) = E + A · x^−α. In Tinyland E, the loss of who knows the grammar, is known exactly, and two numbers are fitted; of real text it is
fitted too. Each seed has a law of its own: how far they lie apart is how sure the exponent is.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from llmviz.core.learning_curve import LearningCurve
from llmviz.core.study import Value
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.study import COLOURS, NEUTRAL, Series
from llmviz.views.words import counted, figure

TOKENS, PARAMETERS = "tokens read", "parameters"
FEWEST = {True: 3, False: 4}  # points, by whether the floor is known: one more than there are numbers to fit
TRIED = 400  # floors, where none is known
ROUND = ((1, 2, 5), range(1, 10), [n / 10 for n in range(10, 100)], [n / 100 for n in range(100, 1_000)])  # parts of a power of ten
FEWEST_TICKS = 3  # of an axis; with fewer its numbers are those of the next, finer parts
HALF = Quiz("a GPT reads twice as many tokens: what is left of its loss above the floor?", ("nearly all", "about half", "next to nothing"))
BORDERS = (0.25, 0.8)  # between these answers

Point = tuple[float, float]  # the number that grows, and the loss


@dataclass(frozen=True)
class Law:
    """E, A and α of one seed."""

    floor: float
    scale: float
    exponent: float

    def at(self, x: float) -> float:
        """The loss it expects there."""
        return self.floor + float(self.scale * x**-self.exponent)


def fitted(points: Sequence[Point], floor: float | None) -> Law | None:
    """The law through these points, by least squares of ln(L − E); None where there are too few, or one lies at the floor or below."""
    if len(points) < FEWEST[floor is not None]:
        return None
    xs, losses = (np.array(column) for column in zip(*points, strict=True))
    if floor is not None and min(losses) <= floor:
        return None
    floors = np.linspace(0.0, min(losses), TRIED, endpoint=False) if floor is None else np.array([floor])
    above = np.log(losses[:, None] - floors)  # (point, floor): each floor is a line of its own
    (slopes, starts), residuals, *_ = np.polyfit(np.log(xs), above, 1, full=True)
    best = int(residuals.argmin())
    return Law(float(floors[best]), math.exp(starts[best]), -float(slopes[best]))


@dataclass(frozen=True)
class Laws:
    """What a study along one number comes to.

    Attributes:
        of: what grows: "tokens read".
        points: by seed, where enough of its runs have ended for a law, those that have, the smallest first.
        laws: the law of each such seed.
        expected: by seed, what the law of all runs but the largest expects of the largest, and what it came to.
    """

    of: str
    points: tuple[tuple[Point, ...], ...]
    laws: tuple[Law, ...]
    expected: tuple[tuple[float, float], ...]

    @property
    def exponent(self) -> tuple[float, float, float]:
        """The median over seeds, the lowest, the highest."""
        found = [law.exponent for law in self.laws]
        return median(found), min(found), max(found)


def laws(series: Series, of: str) -> Laws:
    """The laws of a study, a seed each; `of` is what grows along its axis, "tokens read" or "parameters"."""
    points, found, expected = [], [], []
    for seed in range(len(series.study.seeds)):
        runs = [(run, _grown(series, value, run, of)) for value in series.study.values if (run := _run(series, value, seed))]
        some = tuple(sorted((grown, run.metrics["loss"]) for run, grown in runs if grown))
        floor = min((run.metrics["floor"] for run, _ in runs if "floor" in run.metrics), default=None)
        if law := fitted(some, floor):
            points.append(some)
            found.append(law)
        if len(some) == len(series.study.values) and (before := fitted(some[:-1], floor)):
            expected.append((before.at(some[-1][0]), some[-1][1]))
    return Laws(of, tuple(points), tuple(found), tuple(expected))


def _run(series: Series, value: Value, seed: int) -> LearningCurve | None:
    run = series.learning_curves.get(series.study.at(value)[seed].id)
    return run if run and "loss" in run.metrics else None


def _grown(series: Series, value: Value, run: LearningCurve, of: str) -> float:
    """What grows, of a run; 0 where it is not known. All seeds have as many parameters, and some learning curves do not tell them."""
    if of == TOKENS:
        return float(run.tokens[-1]) if run.tokens else 0.0
    known = (series.learning_curves.get(spec.id) for spec in series.study.at(value))
    return float(max(each.parameters for each in known if each))


def told(found: Laws, known: bool) -> str:
    """The law in a sentence or two, with what it is worth; what is missing before there is one. `known`: whether the floor is."""
    if not found.laws:
        return f"The law stands here once {FEWEST[known]} sizes of one seed have been trained."
    middle, low, high = found.exponent
    left = 2.0**-middle
    seeds = f", from {low:.2f} to {high:.2f} over {counted(len(found.laws), 'seed')}" if len(found.laws) > 1 else ", one seed"
    floor = "the floor" if known else "a fitted floor"
    said = f"Twice as many {found.of} leave {left:.0%} of the loss above {floor}: exponent {middle:.2f}{seeds}."
    if not found.expected:
        return said
    expects, came = (median(each[side] for each in found.expected) for side in (0, 1))
    return f"{said} From the smaller ones alone it expects {expects:.3f} nats of the largest; that came to {came:.3f}."


def outcome(found: Laws) -> Reveal:
    """How much twice the tokens leave."""
    left = 2.0 ** -found.exponent[0]
    right = 0 if left > BORDERS[1] else 1 if left >= BORDERS[0] else 2
    return Reveal(right, f"{left:.0%} of it: in these runs the loss above the floor falls as a power of the tokens read.")


def variety(series: Series) -> str:
    """What fewer different texts cost at equal tokens, in a sentence; "" before two of them are known."""
    bands = [(value, found) for value in series.study.values if (found := series.band(value, "loss"))]
    if len(bands) < 2:
        return "What variety is worth stands here once two of them have been trained."
    (few, worst), (many, best) = bands[0], bands[-1]
    return (
        f"As many tokens of {few.label} different texts end at {figure(worst.median)} nats, of {many.label} at {figure(best.median)}: what "
        "is read again and again is learnt by heart, and held-out text is not."
    )


def chart(found: Laws, size: int = 15) -> dict[str, Any]:
    """Loss above the floor against what grows, both on logarithmic axes, as plotly takes it: points a seed each, and the median law."""
    type = {"size": size, "color": NEUTRAL}
    colour = COLOURS["pretrained"]
    above = [[(x, loss - law.floor) for x, loss in points] for points, law in zip(found.points, found.laws, strict=True)]
    xs, heights = (sorted({point[side] for points in above for point in points}) for side in (0, 1))
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x for x, _ in points],
            "y": [height for _, height in points],
            "text": [f"{x:,.0f} {html.escape(found.of)}: {height:.3f} nats above the floor" for x, height in points],
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {"color": colour, "size": 0.6 * size, "opacity": 0.75},
        }
        for points in above
    ]
    middle = sorted(found.laws, key=lambda law: law.exponent)[len(found.laws) // 2]
    ends = (xs[0], xs[-1])
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": list(ends),
        "y": [middle.at(x) - middle.floor for x in ends],
        "line": {"color": colour, "width": size / 6},
        "hoverinfo": "skip",
    }
    return {
        "data": [line, *dots],
        "layout": {
            "font": type,
            "showlegend": False,
            "hoverlabel": {"font": type, "align": "left"},
            "margin": {"l": 5 * size, "r": 2 * size, "t": size, "b": 3.6 * size},
            "xaxis": _log(found.of, xs, type),
            "yaxis": _log("nats above the floor", heights, type),
        },
    }


def _log(about: str, values: Sequence[float], type: dict[str, Any]) -> dict[str, Any]:
    """A logarithmic axis that holds these values, with ticks at round numbers."""
    low, high = (math.log10(end) for end in (min(values), max(values)))
    margin = 0.08 * (high - low) or 0.3
    low, high = low - margin, high + margin
    ticks = next(filter(lambda ticks: len(ticks) >= FEWEST_TICKS, (_round(low, high, parts) for parts in ROUND)), [])
    return {
        "type": "log",
        "range": [low, high],
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [_short(tick) for tick in ticks],
        "tickfont": type,
        "zeroline": False,
        "title": {"text": about, "font": type},
    }


def _round(low: float, high: float, parts: Sequence[float]) -> list[float]:
    """These parts of each power of ten, as far as they lie between two powers."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    return [part * 10.0**power for power in powers for part in parts if low <= math.log10(part) + power <= high]


def _short(value: float) -> str:
    return f"{value / 1e6:g} M" if value >= 1e6 else f"{value / 1e3:g} k" if value >= 1e3 else f"{value:g}"
