"""A study as a value: many runs that differ in one thing, each with several seeds. Trains nothing."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache
from statistics import median
from typing import Any

from llmviz.core import address
from llmviz.core import spec as specs
from llmviz.core.settings import SIZES
from llmviz.core.spec import RunSpec, preset

MOST_RUNS = 100
FEWEST_STEPS = 10  # after which there is a pace to go by
STAGE = "stage"  # on an axis: the default run of each of these experiments
SCALES = ("order", "linear", "log")


@dataclass(frozen=True)
class Axis:
    """What differs from run to run.

    Attributes:
        label: what stands at the axis: "labelled examples".
        settings: what changes, together if they are several, by the names that addresses use: ("labels",), ("architecture", "optimizer");
            ("stage",) alone is the kind of experiment.
        scale: how the values lie on it: numbers "linear" or "log", names in an "order".
    """

    label: str
    settings: tuple[str, ...]
    scale: str = "order"


@dataclass(frozen=True)
class Value:
    """One place on an axis: what a page calls it, and the value of each of the axis's settings there."""

    label: str
    settings: tuple[Any, ...]


@dataclass(frozen=True)
class Study:
    """The runs that are as `base` but for what the axis names and the seed: one for each of the values and each of the seeds.

    With `parents`, a seed is also that of every run they are made from, so that seeds differ in their pretraining too. Raises ValueError,
    in a sentence, where a value makes no run, two make the same, or there are too many.
    """

    base: RunSpec
    axis: Axis
    values: tuple[Value, ...]
    seeds: tuple[int, ...]
    parents: bool = False

    def __post_init__(self) -> None:
        names = self.axis.settings
        if self.axis.scale not in SCALES:
            raise ValueError(f"an axis has the scale {' or '.join(SCALES)}, not {self.axis.scale!r}")
        if not names or "seed" in names or (STAGE in names and len(names) > 1):
            raise ValueError("an axis names settings other than the seed, or the stage alone")
        if not self.values or not self.seeds:
            raise ValueError("a study has at least one value and one seed")
        if any(len(value.settings) != len(names) for value in self.values):
            raise ValueError(f"every value of this study has {len(names)} settings: {', '.join(names)}")
        if len(self.values) * len(self.seeds) > MOST_RUNS:
            raise ValueError(f"a study has at most {MOST_RUNS} runs; this one would have {len(self.values) * len(self.seeds)}")
        if len({spec.id for spec in self.specs()}) < len(self.values) * len(self.seeds):
            raise ValueError("two values or seeds of this study make the same run")

    @cached_property
    def _runs(self) -> Mapping[tuple[int, int], RunSpec]:
        """Every run, by the places of its value and of its seed."""
        return _runs(self)

    def spec(self, value: Value, seed: int) -> RunSpec:
        """The run at this value with this seed. Raises ValueError for one that the study does not have."""
        return self._runs[self.values.index(value), self.seeds.index(seed)]

    def specs(self) -> tuple[RunSpec, ...]:
        """All runs in the order to train them: every value with the first seed first, so that a whole picture stands early."""
        return tuple(self._runs.values())

    def at(self, value: Value) -> tuple[RunSpec, ...]:
        """The runs at this value, one for each seed."""
        return tuple(self.spec(value, seed) for seed in self.seeds)

    def first(self, seeds: int) -> "Study":
        """The same study with the first so many of its seeds."""
        return replace(self, seeds=self.seeds[:seeds])

    @cached_property
    def id(self) -> str:
        """SHA-256 of the ids of its runs, 64 hexadecimal digits. What it is called on a page changes no name."""
        grid = [[spec.id for spec in self.at(value)] for value in self.values]
        return hashlib.sha256(json.dumps(grid, separators=(",", ":")).encode()).hexdigest()


@lru_cache(maxsize=256)
def _runs(study: Study) -> Mapping[tuple[int, int], RunSpec]:
    """Kept: pages make their studies anew at every drawing, and to make some fifty runs takes 20 ms."""
    at = [_at(study, value) for value in study.values]
    return {(place, nth): seeded(spec, seed, study.parents) for nth, seed in enumerate(study.seeds) for place, spec in enumerate(at)}


def _at(study: Study, value: Value) -> RunSpec:
    """The run at this value, with the seed of the base."""
    if study.axis.settings == (STAGE,):
        (stage,) = value.settings
        return study.base if stage == study.base.stage else preset(stage)
    return address.change(study.base, dict(zip(study.axis.settings, value.settings, strict=True)))


def along(setting: str, values: Sequence[Any]) -> tuple[Value, ...]:
    """Values of one setting, each called as it is written."""
    return tuple(Value(f"{value:,}" if isinstance(value, int) else str(value), (value,)) for value in values)


def seeded(spec: RunSpec, seed: int, parents: bool) -> RunSpec:
    """The run with this seed, and if `parents` so every run that it is made from."""
    runs = {role: seeded(given, seed, parents) for role, given in spec.inputs.items() if parents and isinstance(given, RunSpec)}
    return replace(spec, inputs={**spec.inputs, **runs}, seed=seed)


def ancestors(spec: RunSpec) -> Iterator[RunSpec]:
    """The runs that this one is made from, each after those that it is made from itself."""
    for given in spec.inputs.values():
        if isinstance(given, RunSpec):
            yield from ancestors(given)
            yield given


def to_json(study: Study) -> dict[str, Any]:
    """The study as plain JSON values."""
    return {
        "base": specs.to_json(study.base),
        "axis": asdict(study.axis),
        "values": [asdict(value) for value in study.values],
        "seeds": study.seeds,
        "parents": study.parents,
    }


def from_json(written: Mapping[str, Any]) -> Study:
    """The study that `to_json` wrote. Raises ValueError, in a sentence, for anything else, and for runs of an older recipe."""
    try:
        return Study(
            specs.from_json(written["base"]),
            Axis(str(written["axis"]["label"]), tuple(written["axis"]["settings"]), written["axis"]["scale"]),
            tuple(Value(str(value["label"]), tuple(value["settings"])) for value in written["values"]),
            tuple(written["seeds"]),
            bool(written["parents"]),
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"this is not the description of a study ({problem})") from problem


@dataclass(frozen=True)
class Band:
    """A figure over so many seeds: its median, and from the lowest to the highest."""

    median: float
    low: float
    high: float
    seeds: int


def band(figures: Sequence[float]) -> Band | None:
    """That of these figures, one for each seed; None where there is none."""
    return Band(median(figures), min(figures), max(figures), len(figures)) if figures else None


def seconds_left(runs: Sequence[RunSpec], learnt: Mapping[str, tuple[int, float]]) -> float | None:
    """The time that these runs still take, one after the other; None before there is a pace to go by.

    `learnt` has the batches learnt and the seconds they took, by the id of the run. A run takes as long a step as others with the same
    settings did, or, where there is none yet, as the median of all by the size of the model and of the batch.
    """
    paces: dict[object, list[float]] = {}
    for spec in runs:
        step, seconds = learnt.get(spec.id, (0, 0.0))
        if step >= FEWEST_STEPS and seconds > 0:
            paces.setdefault(_settings(spec), []).append(seconds / step / _work(spec))
    if not paces:
        return None
    usual = [pace for each in paces.values() for pace in each]
    left = ((spec, spec.train.steps - learnt.get(spec.id, (0, 0.0))[0]) for spec in runs)
    return sum(steps * _work(spec) * median(paces.get(_settings(spec), usual)) for spec, steps in left)


def _settings(spec: RunSpec) -> object:
    """All that decides how long a step takes."""
    return spec.stage, spec.text, spec.model, spec.train, spec.objective


def _work(spec: RunSpec) -> float:
    """How long a step takes beside that of other models, roughly: from 0.1 M to 1 M parameters 5 times as long, measured 3 to 8 times."""
    size = SIZES[spec.model.size]
    return float(size.layers * size.width * spec.train.batch_size)
