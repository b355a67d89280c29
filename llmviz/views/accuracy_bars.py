"""How well several models do on the same held-out examples, by one share, between the best possible and what is no model's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from llmviz.core import catalogue
from llmviz.core.experiment import Metric
from llmviz.core.history import Curve, History
from llmviz.core.kept import Kept
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.rival import rival as held_against
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, seedless
from llmviz.core.update import Done
from llmviz.parts.accuracy_bars import payload as parts
from llmviz.parts.accuracy_bars.payload import AccuracyBars
from llmviz.parts.curve.payload import Probe
from llmviz.views import words

ENDED = ("done", "recorded")
RIVAL = "The same recipe, at the same step."


@dataclass(frozen=True)
class Band:
    """Lowest, middle and highest share of so many runs that differ in seeds alone, `recorded` of which came with the program."""

    low: float
    median: float
    high: float
    runs: int
    recorded: int

    @property
    def source(self) -> str:
        """What the band is: of how many runs, and where they were trained."""
        if self.recorded == self.runs:
            return f"lowest to highest of {words.counted(self.runs, 'recorded run')}"
        some = f", {self.recorded} of them recorded" if self.recorded else ""
        return f"lowest to highest of {words.counted(self.runs, 'run')}{some}"


@dataclass(frozen=True)
class Rung:
    """One row: a share that stands still, or one that changes with the step.

    `phase` is a stage of a model, or "" for what is no model.
    """

    name: str
    about: str
    phase: str = ""
    curve: Curve = Curve()
    band: Band | None = None
    withheld: str = ""


def accuracies(
    metric: Metric,
    title: str,
    spec: RunSpec,
    history: History,
    rival: RunSpec | None,
    other: History,
    ended: Sequence[Kept],
    validated: Mapping[str, float],
    withheld: str = "",
) -> AccuracyBars:
    """The payload of the accuracy bars, by this metric, for a run and its rival, with bands from all the runs that have `ended`.

    What is drawn, lines and bands too, is all of validation examples: `validated` has the last share of those runs on them, by the id of
    their spec. What is said below is all of test examples. What is `withheld`, if anything, stands in place of the rival's share.
    """
    lines = history.begin.references if history.begin else other.begin.references if other.begin else {}
    baselines = catalogue.experiment(spec.stage).baselines
    ours, theirs = history.scores.get(metric.name, Curve()), other.scores.get(metric.name, Curve())
    names = ("after", _rival(spec))
    specs = {names[0]: spec, names[1]: rival}
    drawn = {name: band(metric, each, ended, validated) if each else None for name, each in specs.items()}
    bands = {name: band(metric, each, ended) if each else None for name, each in specs.items()}
    rungs = {key: Rung(name, about, curve=_still(lines[key])) for key, (name, about) in baselines.items() if key in lines}
    best = [rungs.pop(metric.bound)] if metric.bound in rungs else []
    models = [
        Rung(names[0], "This run, at the step of the slider.", "finetuned" if spec.start else "random", ours, drawn[names[0]]),
        Rung(names[1], RIVAL, _phase(rival), theirs, drawn[names[1]], withheld),
        Rung("before", "This run before its first step.", "pretrained" if spec.start else "random", _first(ours)),
    ]
    return {
        "title": title,
        "below": tested(metric, {names[0]: history} if withheld else {names[0]: history, names[1]: other}, bands),
        "rungs": [_written(rung) for rung in (*best, *models, *rungs.values()) if rung.curve.steps],
    }


def curve(metric: Metric, spec: RunSpec, other: History) -> list[Probe]:
    """This metric of the rival over its steps, as a line for the chart; none where there is no rival."""
    found = other.scores.get(metric.name, Curve())
    if not found.steps:
        return []
    steps, values = list(found.steps), [round(value, 4) for value in found.values]
    return [{"name": _rival(spec), "about": RIVAL, "phase": _phase(held_against(spec)), "dash": "5 3", "steps": steps, "values": values}]


def _phase(rival: RunSpec | None) -> str:
    return "finetuned" if rival and rival.start else "random"


def _rival(spec: RunSpec) -> str:
    if spec.foreign:
        return "the small one"
    return "from scratch" if spec.start else "with pretraining"


def tested(metric: Metric, histories: Mapping[str, History], bands: Mapping[str, Band | None]) -> str:
    """What the runs that are done got on the test examples, how far apart several seeds came out, and chance on the same, in a line."""
    said, chance = [], None
    for name, history in histories.items():
        ends = history.end.metrics if isinstance(history.end, Done) else {}
        share, chance = ends.get(metric.name), ends.get("chance", chance)
        found = bands[name]
        spread = f"median {found.median:.0%}, {found.source}: {found.low:.0%} to {found.high:.0%}" if found else ""
        if share is not None:
            said.append(f"{name} {share:.0%}" + (f" ({spread})" if spread else ""))
        elif spread:
            said.append(f"{name}, {spread}")
    if said and chance is not None:
        said.append(f"chance {chance:.0%}")
    return f"on test examples: {', '.join(said)}" if said else ""


def finished(learning_curves: Sequence[LearningCurve]) -> list[Kept]:
    """Runs of which the learning curve alone came with the program, beside those of the shelf; none of them can be opened."""
    return [Kept(RunRef(each.spec.id, 0), each.spec, "recorded", metrics=each.metrics) for each in learning_curves]


def siblings(metric: Metric, spec: RunSpec, ended: Sequence[Kept]) -> dict[str, Kept]:
    """The finished runs that differ from this spec in seeds alone, by the id of their spec."""
    wanted = seedless(spec)
    return {
        kept.spec.id: kept
        for kept in ended
        if kept.spec
        and kept.spec.stage == spec.stage
        and kept.state in ENDED
        and metric.name in kept.metrics
        and seedless(kept.spec) == wanted
    }


def band(metric: Metric, spec: RunSpec, ended: Sequence[Kept], shares: Mapping[str, float] | None = None) -> Band | None:
    """That of the siblings of this spec on test examples, or of their `shares`; None for fewer than two, or where one has none."""
    found = siblings(metric, spec, ended)
    shares = {id: kept.metrics[metric.name] for id, kept in found.items()} if shares is None else shares
    if len(found) < 2 or any(id not in shares for id in found):
        return None
    values = [shares[id] for id in found]
    return Band(min(values), median(values), max(values), len(values), sum(kept.recorded for kept in found.values()))


def _still(value: float) -> Curve:
    return Curve((0,), (value,))


def _first(curve: Curve) -> Curve:
    return Curve(curve.steps[:1], curve.values[:1])


def _written(rung: Rung) -> parts.Rung:
    if rung.withheld:
        rung = replace(rung, curve=_still(0.0), band=None)
    return {
        "withheld": rung.withheld,
        "name": rung.name,
        "about": rung.about,
        "phase": rung.phase,
        "steps": list(rung.curve.steps),
        "values": [round(value, 4) for value in rung.curve.values],
        "band": {"low": rung.band.low, "high": rung.band.high, "source": rung.band.source} if rung.band else None,
    }
