"""A run as a value: everything that decides its result, and the identity that follows from it."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from llmviz.core import catalogue
from llmviz.core.settings import ModelSpec, TextSpec, TrainSpec

STAGE_DEFAULT: Any = None  # replaced by the stage's own default when the spec is made
NO_PARENT = "none"  # how addresses and forms spell a random start
MOST_ANCESTORS = 16


@dataclass(frozen=True)
class RunSpec:
    """Stage, parent, text, model, training, objective, seed: the same spec gives the same weights on one machine.

    `parent` is the spec of the run whose weights it starts from; None is a random start. `model` defaults to the parent's, or to the
    stage's own; `train` to what the catalogue gives for the stage and the text, `objective` to the stage's. Raises ValueError for an
    unknown stage, a parent of the wrong kind, or a setting outside its range or not meant for this stage.
    """

    stage: str
    parent: "RunSpec | None" = None
    text: TextSpec = TextSpec()
    model: ModelSpec = STAGE_DEFAULT
    train: TrainSpec = STAGE_DEFAULT
    objective: Any = STAGE_DEFAULT
    seed: int = 0

    def __post_init__(self) -> None:
        entry = catalogue.experiment(self.stage)
        if self.model is None:
            object.__setattr__(self, "model", self.parent.model if self.parent else entry.model)
        if self.train is None:
            object.__setattr__(self, "train", entry.train_defaults(self.text.name))
        if self.objective is None:
            object.__setattr__(self, "objective", entry.objective)
        if type(self.objective) is not type(entry.objective):
            raise ValueError(f"{entry.title} takes a {type(entry.objective).__name__} as its objective, not {self.objective!r}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < 2**31:
            raise ValueError(f"Seed: {self.seed!r} is not a whole number from 0 to 2147483647")
        for label, wanted, there in (("Text", self.text.name, entry.texts), ("Architecture", self.model.architecture, entry.architectures)):
            if wanted not in there:
                raise ValueError(f"{label}: {entry.title} takes {' or '.join(there)}, not {wanted}")
        given = self.parent.stage if self.parent else None
        if given not in entry.parents:
            allowed = " or ".join(_origin(name) for name in entry.parents)
            raise ValueError(f"{entry.title} starts from {allowed}, not from {_origin(given)}")
        if self.parent and self.parent.model != self.model:
            raise ValueError("a run that starts from another has the same model; this one asks for a different one")
        if len(self.lineage) > MOST_ANCESTORS:
            raise ValueError(f"a run has at most {MOST_ANCESTORS - 1} ancestors")

    @property
    def lineage(self) -> tuple["RunSpec", ...]:
        """This spec and its ancestors, the root first."""
        return (*self.parent.lineage, self) if self.parent else (self,)

    @cached_property
    def id(self) -> str:
        """SHA-256 of the canonical JSON, 64 hexadecimal digits: names the whole lineage."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def canonical(self) -> str:
        """Every field written out, keys sorted, the stage's recipe number and the parent nested whole."""
        return json.dumps(to_json(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _origin(stage: str | None) -> str:
    """What a run starts from, as a person reads it."""
    return f"a run of {catalogue.experiment(stage).title}" if stage else "random weights"


def preset(stage: str, text: TextSpec | None = None, parent: str = "") -> RunSpec:
    """The stage as its page opens it: on this text, started from what the page of the parent stage opens with ("none": random weights).

    Without a parent named it is the first the catalogue allows. Raises ValueError where the stage or its parent does not read the text.
    """
    text = text or TextSpec()
    name = parent or catalogue.experiment(stage).parents[0] or NO_PARENT
    return RunSpec(stage, None if name == NO_PARENT else preset(name, text), text)


def to_json(spec: RunSpec) -> dict[str, Any]:
    """The spec as plain JSON values, with the recipe number of its stage."""
    written: dict[str, Any] = {part: asdict(getattr(spec, part)) for part in ("text", "model", "train", "objective")}
    written |= {"stage": spec.stage, "seed": spec.seed, "recipe": catalogue.experiment(spec.stage).recipe}
    written["parent"] = to_json(spec.parent) if spec.parent else None
    return written


def from_json(written: dict[str, Any]) -> RunSpec:
    """The spec that `to_json` wrote.

    Raises ValueError where a field is missing, unknown or out of range, or where the recipe number is not the present one: such a run
    was made by other code, and its results are no longer those of this spec.
    """
    try:
        return _read(written, generations=0)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"this is not the description of a run ({problem})") from problem


def _read(written: dict[str, Any], generations: int) -> RunSpec:
    if generations >= MOST_ANCESTORS:
        raise ValueError(f"a run has at most {MOST_ANCESTORS - 1} ancestors")
    entry = catalogue.experiment(written["stage"])
    unknown = set(written) - {item.name for item in fields(RunSpec)} - {"recipe"}
    if unknown:
        raise ValueError(f"this is not the description of a run (unknown: {', '.join(sorted(unknown))})")
    if written["recipe"] != entry.recipe:
        raise ValueError(f"this run was made with recipe {written['recipe']} of {entry.name}; the present one is {entry.recipe}")
    return RunSpec(
        stage=entry.name,
        parent=_read(written["parent"], generations + 1) if written["parent"] is not None else None,
        text=TextSpec(**written["text"]),
        model=ModelSpec(**written["model"]),
        train=TrainSpec(**written["train"]),
        objective=type(entry.objective)(**written["objective"]),
        seed=written["seed"],
    )
