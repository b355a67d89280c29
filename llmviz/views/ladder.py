"""How often several models are right on the same held-out examples, between the best possible and chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from llmviz.core.history import Curve, History
from llmviz.core.kept import Kept
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.views.about import BASELINES

ENDED = ("done", "recorded")
RIVAL = "The same recipe, at the same step."


@dataclass(frozen=True)
class Band:
    """Lowest and highest share over so many seeds, `recorded` of which came with the program."""

    low: float
    high: float
    seeds: int
    recorded: int

    @property
    def source(self) -> str:
        """How many seeds, and where they were trained."""
        if self.recorded == self.seeds:
            return f"{self.seeds} recorded seeds"
        return f"{self.seeds} seeds, {self.recorded} of them recorded" if self.recorded else f"{self.seeds} seeds"


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
    spec: RunSpec, history: History, rival: RunSpec | None, other: History, ended: Sequence[Kept], withheld: str = ""
) -> dict[str, Any]:
    """The payload of the ladder for a run and its rival, with bands from all the runs that have `ended`.

    What is `withheld`, if anything, stands in place of the rival's share.
    """
    lines = history.begin.references if history.begin else other.begin.references if other.begin else {}
    ours, theirs = history.scores.get("accuracy", Curve()), other.scores.get("accuracy", Curve())
    names = ("after", _rival(spec))
    bands = {names[0]: band(spec, ended), names[1]: band(rival, ended) if rival else None}
    rungs = [Rung(name, about, curve=_still(lines[key])) for key, (name, about) in BASELINES.items() if key in lines]
    models = [
        Rung(names[0], "This run, at the step of the slider.", "finetuned" if spec.parent else "random", ours, bands[names[0]]),
        Rung(names[1], RIVAL, "random" if spec.parent else "finetuned", theirs, bands[names[1]], withheld),
        Rung("before", "This run before its first step.", "pretrained" if spec.parent else "random", _first(ours)),
    ]
    listed = [rungs[:1] if "accuracy_ceiling" in lines else [], models, rungs[1:] if "accuracy_ceiling" in lines else rungs]
    return {
        "title": "Right on held-out examples",
        "below": tested({names[0]: history} if withheld else {names[0]: history, names[1]: other}, bands),
        "rungs": [_written(rung) for part in listed for rung in part if rung.curve.steps],
    }


def curve(spec: RunSpec, other: History) -> list[dict[str, Any]]:
    """The accuracy of the rival over its steps, as a line for the chart; none where there is no rival."""
    found = other.scores.get("accuracy", Curve())
    if not found.steps:
        return []
    phase = "random" if spec.parent else "finetuned"
    steps, values = list(found.steps), [round(value, 4) for value in found.values]
    return [{"name": _rival(spec), "about": RIVAL, "phase": phase, "dash": "5 3", "steps": steps, "values": values}]


def _rival(spec: RunSpec) -> str:
    return "from scratch" if spec.parent else "with pretraining"


def tested(histories: Mapping[str, History], bands: Mapping[str, Band | None]) -> str:
    """What the runs that are done got on the test examples, and how far apart several seeds came out, in a line."""
    said = []
    for name, history in histories.items():
        share = history.end.metrics.get("accuracy") if isinstance(history.end, Done) else None
        found = bands[name]
        spread = f"{found.low:.0%} to {found.high:.0%} over {found.source}" if found else ""
        if share is not None:
            said.append(f"{name} {share:.0%}" + (f" ({spread})" if spread else ""))
        elif spread:
            said.append(f"{name} {spread}")
    return f"on test examples, at the end: {', '.join(said)}" if said else ""


def band(spec: RunSpec, ended: Sequence[Kept]) -> Band | None:
    """That of the test accuracies of the finished runs that differ from this spec in seeds alone; None for fewer than two."""
    wanted = _seedless(spec)
    found = {
        kept.spec.id: (kept.metrics["accuracy"], kept.recorded)
        for kept in ended
        if kept.spec
        and kept.spec.stage == spec.stage
        and kept.state in ENDED
        and "accuracy" in kept.metrics
        and _seedless(kept.spec) == wanted
    }
    shares = [share for share, _ in found.values()]
    return Band(min(shares), max(shares), len(shares), sum(recorded for _, recorded in found.values())) if len(shares) > 1 else None


def _seedless(spec: RunSpec) -> RunSpec:
    return replace(spec, seed=0, parent=_seedless(spec.parent) if spec.parent else None)


def _still(value: float) -> Curve:
    return Curve((0,), (value,))


def _first(curve: Curve) -> Curve:
    return Curve(curve.steps[:1], curve.values[:1])


def _written(rung: Rung) -> dict[str, Any]:
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
