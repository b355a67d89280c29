"""A run as a value: everything that decides its result, and the identity that follows from it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from llmviz.core import catalogue
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.experiment import LLAMAS, PRETRAINING, START, Experiment
from llmviz.core.settings import ModelSpec, TextSpec, TrainSpec, introduced

STAGE_DEFAULT: Any = None  # replaced by the stage's own default when the spec is made
NO_PARENT = "none"  # how addresses and forms spell a random start
MOST_ANCESTORS = 16
Given = TypeVar("Given")
RENAMED = "this run was made before runs had named inputs, and runs are named otherwise since; its weights are still in its folder"


@dataclass(frozen=True)
class RunSpec:
    """Stage, inputs, text, model, training, objective, seed: the same spec gives the same weights on one machine.

    `inputs` maps a role to the run or the checkpoint whose weights stand there; from `start` training sets out, and without one it does
    from random weights. `model` defaults to that of the run it starts from; without such a run it defaults, as `train` and `objective` do,
    to what the catalogue gives for the stage and the text. Raises ValueError for an unknown stage, an input of an unknown role or of the
    wrong kind, or a setting outside its range or not meant for this stage.
    """

    stage: str
    inputs: Mapping[str, "RunSpec | Checkpoint"] = field(
        default_factory=dict, hash=False
    )  # a mapping has no hash, and the rest tells apart
    text: TextSpec = TextSpec()
    model: ModelSpec = STAGE_DEFAULT
    train: TrainSpec = STAGE_DEFAULT
    objective: Any = STAGE_DEFAULT
    seed: int = 0

    def __post_init__(self) -> None:
        entry = catalogue.experiment(self.stage)
        object.__setattr__(self, "inputs", MappingProxyType(dict(self.inputs)))
        _check_inputs(entry, self.inputs)
        if self.model is None:
            object.__setattr__(self, "model", self.parent.model if self.parent else entry.model_defaults(self.text.name))
        if self.train is None:
            usual = entry.adapting if self.foreign else None
            object.__setattr__(self, "train", usual or entry.train_defaults(self.text.name))
        if self.objective is None:
            objective = entry.objective_defaults(self.text.name)
            by_lora = self.foreign and hasattr(objective, "method")
            object.__setattr__(self, "objective", replace(objective, method="lora") if by_lora else objective)
        if type(self.objective) is not type(entry.objective):
            raise ValueError(f"{entry.title} takes a {type(entry.objective).__name__} as its objective, not {self.objective!r}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < 2**31:
            raise ValueError(f"Seed: {self.seed!r} is not a whole number from 0 to 2147483647")
        if self.text.name not in entry.texts:
            raise ValueError(f"Text: {entry.title} takes {' or '.join(entry.texts)}, not {self.text.name}")
        entry.check_model(self.model, self.objective, checkpoint=isinstance(self.start, Checkpoint))
        if self.parent and self.parent.model != self.model:
            raise ValueError("a run that starts from another has the same model; this one asks for a different one")
        if self.generations > MOST_ANCESTORS:
            raise ValueError(f"a run has at most {MOST_ANCESTORS - 1} ancestors")

    @property
    def start(self) -> "RunSpec | Checkpoint | None":
        """What its weights are at its first step: those a run ended with, or a checkpoint's; None is a random start."""
        return self.inputs.get(START)

    @property
    def parent(self) -> "RunSpec | None":
        """The run it starts from; None also where it starts from a checkpoint."""
        return self.start if isinstance(self.start, RunSpec) else None

    @property
    def foreign(self) -> Checkpoint | None:
        """The large model from elsewhere that it starts from, whose words it reads in; None for what began here."""
        return self.start if isinstance(self.start, Checkpoint) and self.model.architecture in LLAMAS else None

    @property
    def lineage(self) -> tuple["RunSpec", ...]:
        """This spec and the runs its weights went through before, the first of them first."""
        return (*self.parent.lineage, self) if self.parent else (self,)

    @cached_property
    def generations(self) -> int:
        """How many runs are made one after the other until this one is, itself counted."""
        return 1 + max((each.generations for each in self.inputs.values() if isinstance(each, RunSpec)), default=0)

    @cached_property
    def id(self) -> str:
        """SHA-256 of the canonical JSON, 64 hexadecimal digits: names this run and with it all it was made from."""
        return _id(self)

    def canonical(self) -> str:
        """What the id is the hash of; see the function `canonical`."""
        return canonical(to_json(self))


@lru_cache(maxsize=4096)
def _id(spec: RunSpec) -> str:
    """Kept: a page makes the same some hundred specs at every drawing, and to write one down takes as long as to draw a button."""
    return identity(to_json(spec))


def _check_inputs(entry: Experiment, inputs: Mapping[str, Any]) -> None:
    """Raise ValueError, in a sentence, for an input the experiment has no role for, and for one that cannot play its role."""
    if unknown := sorted(set(inputs) - set(entry.inputs)):
        raise ValueError(f"{entry.title} has no input named {', '.join(unknown)}")
    for role, allowed in entry.inputs.items():
        given = inputs.get(role)
        if given is not None and not isinstance(given, RunSpec | Checkpoint):
            raise ValueError(f"Inputs: {given!r} is neither a run nor a checkpoint")
        fits = any(allowed) if isinstance(given, Checkpoint) else (given.stage if given else None) in allowed
        if not fits:
            takes, instead = ("starts from", "from ") if role == START else (f"takes as its {role}", "")
            named = "a checkpoint" if isinstance(given, Checkpoint) else _origin(given.stage if given else None)
            raise ValueError(f"{entry.title} {takes} {' or '.join(map(_origin, allowed))}, not {instead}{named}")


def _origin(stage: str | None) -> str:
    """What a run starts from, as a person reads it."""
    return f"a run of {catalogue.experiment(stage).title}" if stage else "random weights"


def starting_from(start: RunSpec | Checkpoint | None) -> Mapping[str, RunSpec | Checkpoint]:
    """The inputs of a run that needs nothing but weights to start from; None is a random start."""
    return {START: start} if start else {}


def base(spec: RunSpec) -> RunSpec | None:
    """The last run of pretraining in a lineage; None where there is none."""
    return next((each for each in reversed(spec.lineage) if catalogue.experiment(each.stage).phase == PRETRAINING), None)


def seedless(spec: RunSpec) -> RunSpec:
    """The recipe of a run: the same with seed 0, its inputs too. Runs of one recipe differ in their seeds alone."""
    return replace(
        spec, seed=0, inputs={role: seedless(given) if isinstance(given, RunSpec) else given for role, given in spec.inputs.items()}
    )


def preset(stage: str, text: TextSpec | None = None, parent: str = "") -> RunSpec:
    """The stage as its page opens it: on this text, started from what the page of the parent stage opens with ("none": random weights).

    Without a text named it is Tinyland, or the first that the stage reads; without a parent, the first that reads the text too. Raises
    ValueError where the stage or one of its inputs does not read the text.
    """
    entry = catalogue.experiment(stage)
    text = text or TextSpec(entry.usual_text)
    name = parent or catalogue.origins(entry, text.name)[0] or NO_PARENT
    return begun(stage, None if name == NO_PARENT else preset(name, text), text)


def begun(stage: str, start: RunSpec | Checkpoint | None, text: TextSpec) -> RunSpec:
    """The stage from this start, with all else as its page opens it: in every other role that is not empty by default the default run of
    the first stage that may play it, made from the same start where it can be.
    """
    roles = others(catalogue.experiment(stage).inputs)
    given = {role: made_from(preset(allowed[0], text), start) for role, allowed in roles.items() if allowed[0]}
    return RunSpec(stage, {**starting_from(start), **given}, text)


def adapted(stage: str, checkpoint: Checkpoint, model: ModelSpec) -> RunSpec:
    """The stage from a checkpoint of a model that nobody trained here. The text it names is read by nobody."""
    return RunSpec(stage, starting_from(checkpoint), TextSpec(catalogue.experiment(stage).texts[0]), model)


def playing(spec: RunSpec, role: str, stage: str) -> RunSpec:
    """The same run with the default run of this stage in this role, made from the same start where it can be; "none" leaves it empty."""
    rest = {name: given for name, given in spec.inputs.items() if name != role}
    return replace(spec, inputs=rest if stage == NO_PARENT else {**rest, role: made_from(preset(stage, spec.text), spec.start)})


def restarted(spec: RunSpec, start: RunSpec | Checkpoint | None) -> RunSpec:
    """The same run from another start, whose model it then has.

    A run in another role goes with it where it is made from the present start as that of `begun` would be: what somebody chose there, or
    made otherwise, stays.
    """
    goes = {
        role: made_from(given, start)
        for role, given in others(spec.inputs).items()
        if isinstance(given, RunSpec) and made_from(given, spec.start) == given
    }
    model = start.model if isinstance(start, RunSpec) else spec.model
    return replace(spec, inputs={**others(spec.inputs), **goes, **starting_from(start)}, model=model)


def made_from(given: RunSpec, start: RunSpec | Checkpoint | None) -> RunSpec:
    """This run made from that start: its weights come from there, or from the latest before it that they can come from. Of a stage that
    the start itself went through it is the run there. As it is where none of this can be: random weights too leave it so.
    """
    for weights in _line(start):
        if isinstance(weights, RunSpec) and weights.stage == given.stage:
            return weights
        if _may_start(given, weights):
            return restarted(given, weights)
    return restarted(given, made_from(given.parent, start)) if given.parent else given


def _line(start: RunSpec | Checkpoint | None) -> Iterator[RunSpec | Checkpoint]:
    """A start, and what it has started from itself, the latest first."""
    while start:
        yield start
        start = start.start if isinstance(start, RunSpec) else None


def _may_start(spec: RunSpec, start: RunSpec | Checkpoint) -> bool:
    """Whether a run of this stage may start from these weights."""
    entry = catalogue.experiment(spec.stage)
    if isinstance(start, Checkpoint):
        return any(entry.starts)
    return start.stage in entry.starts and start.model.architecture in entry.architectures


def others(inputs: Mapping[str, Given]) -> dict[str, Given]:
    """What stands in every role but START, by role."""
    return {role: given for role, given in inputs.items() if role != START}


def to_json(spec: RunSpec) -> dict[str, Any]:
    """The spec as plain JSON values: every field written out, the recipe number of its stage, and the inputs nested whole."""
    written: dict[str, Any] = {part: dict(vars(getattr(spec, part))) for part in _parts(catalogue.experiment(spec.stage))}
    written |= {"stage": spec.stage, "seed": spec.seed, "recipe": catalogue.experiment(spec.stage).recipe}
    return written | {
        "inputs": {role: asdict(given) if isinstance(given, Checkpoint) else to_json(given) for role, given in spec.inputs.items()}
    }


def brief(spec: RunSpec) -> dict[str, Any]:
    """What `from_json` makes the spec of again, in half the room: without the fields that are as they were introduced."""
    written: dict[str, Any] = {"stage": spec.stage, "seed": spec.seed, "recipe": catalogue.experiment(spec.stage).recipe}
    for name, kind in _parts(catalogue.experiment(spec.stage)).items():
        if said := _differing(vars(getattr(spec, name)), kind):
            written[name] = said
    inputs = {role: asdict(given) if isinstance(given, Checkpoint) else brief(given) for role, given in spec.inputs.items()}
    return written | ({"inputs": inputs} if inputs else {})


def canonical(written: Mapping[str, Any]) -> str:
    """What is hashed of a description, in one line with its keys sorted: stage, recipe and seed, and of each part the fields that are not
    as they were introduced.

    So a field that is added later changes no name, and neither does a default that becomes another one. A text always has its digest. An
    input stands there by its id, which names all that is behind it. A description of any recipe has one; raises ValueError for what is
    none.
    """
    try:
        said: dict[str, Any] = {name: written[name] for name in ("stage", "recipe", "seed")}
        for name, kind in _parts(catalogue.experiment(written["stage"])).items():
            said[name] = _differing(written.get(name, {}), kind)
        said["inputs"] = {role: _input_id(given) for role, given in written.get("inputs", {}).items()}
    except (KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise ValueError(f"this is not the description of a run ({problem})") from problem
    return json.dumps(
        {name: value for name, value in said.items() if value != {}}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def _differing(written: Mapping[str, Any], kind: type[Any]) -> dict[str, Any]:
    """The fields of a part that are not as they were introduced."""
    usual = introduced(kind)
    return {item: value for item, value in written.items() if item not in usual or value != usual[item]}


def identity(written: Mapping[str, Any]) -> str:
    """The id of the run that is described so, of whatever recipe. Raises ValueError for what is no description."""
    return hashlib.sha256(canonical(written).encode()).hexdigest()


def _input_id(written: Mapping[str, Any]) -> Any:
    return written["digest"] if "digest" in written else identity(written)


def _parts(entry: Experiment) -> dict[str, type[Any]]:
    """The parts of a run's settings, by the name of their field, each with its class."""
    return {"text": TextSpec, "model": ModelSpec, "train": TrainSpec, "objective": type(entry.objective)}


def from_json(written: dict[str, Any]) -> RunSpec:
    """The spec that `to_json` wrote, now or before there were fields that it does not name: those are as they were introduced.

    Raises ValueError where a field is unknown or out of range, or where the recipe number is not the present one: such a run was made by
    other code, and its results are no longer those of this spec.
    """
    try:
        return _read(written, generations=0)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"this is not the description of a run ({problem})") from problem


def _read(written: dict[str, Any], generations: int) -> RunSpec:
    if generations >= MOST_ANCESTORS:
        raise ValueError(f"a run has at most {MOST_ANCESTORS - 1} ancestors")
    entry = catalogue.experiment(written["stage"])
    if "parent" in written:
        raise ValueError(RENAMED)
    unknown = set(written) - {item.name for item in fields(RunSpec)} - {"recipe"}
    if unknown:
        raise ValueError(f"this is not the description of a run (unknown: {', '.join(sorted(unknown))})")
    if written["recipe"] != entry.recipe:
        raise ValueError(f"this run was made with recipe {written['recipe']} of {entry.name}; the present one is {entry.recipe}")
    if "digest" not in written["text"]:  # that of today may be of another text
        raise ValueError("this is not the description of a run (its text has no digest)")
    return RunSpec(
        stage=entry.name,
        inputs={role: _read_input(given, generations + 1) for role, given in written.get("inputs", {}).items()},
        seed=written["seed"],
        **{name: kind(**(introduced(kind) | written.get(name, {}))) for name, kind in _parts(entry).items()},
    )


def _read_input(written: dict[str, Any], generations: int) -> RunSpec | Checkpoint:
    return Checkpoint(**written) if "digest" in written else _read(written, generations)
