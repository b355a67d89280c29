"""What a page shows, as the parameters of its address and back. Pure: knows no browser, no run folder.

Parameters: the settings that differ from the stage's recipe by their field's name (the text by `text`, the kind of run it starts from, or
that run's own key, by `parent`, that in any other role by the role), `run`, `s` for the sentence, `hide` for the hidden words, `step`,
`lecture` and its `beat`, and what else the page lets its visitor set (`view`). What cannot be read is left out and explained in a sentence
at its place.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, replace
from functools import lru_cache
from typing import Any

from llmviz.core import catalogue
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.experiment import ADAPTED_BY, START
from llmviz.core.run import KEY, RunRef, parse
from llmviz.core.settings import DIGEST, TRAINABLE, ModelSpec, Setting, TextSpec, settings_of
from llmviz.core.spec import NO_PARENT, RunSpec, adapted, begun, others, playing, preset, restarted

LONGEST_SENTENCE = 6_000  # letters; far beyond what a model here reads, and still short enough for an address
NOTHING = "none"  # `hide=none`: no word is hidden, although the sentence's default would hide one
USUAL = TextSpec()  # the text of a page where nothing else is said
PARTS = ("text", "model", "train", "objective")
Models = Callable[[str], tuple[Checkpoint, ModelSpec]]
SEED = Setting("Seed", "Decides the random start and the order of the batches.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Address:
    """`sentence` and `hidden` are None where the page's own default stands.

    `beat` counts from 1, and the page bounds it to the beats it has.
    `parent` names the run that `spec` starts from, where that is not a default one, and `others` by role those in its other roles; one that
    is no longer the spec's is not written. `view` is the page's own frozen dataclass of settings.
    """

    spec: RunSpec
    run: RunRef | None = None
    parent: RunRef | None = None
    others: tuple[tuple[str, RunRef], ...] = ()
    sentence: str | None = None
    hidden: tuple[int, ...] | None = None
    step: int | None = None
    lecture: bool = False
    beat: int = 1
    view: Any = None


@dataclass(frozen=True)
class Entry:
    """One setting of a run: the parameter's name, the part of the spec it lies in ("" for inputs and seed), its value, what a form says."""

    name: str
    part: str
    field: str
    value: Any
    setting: Setting


def entries(spec: RunSpec) -> Iterator[Entry]:
    """All settings of a run that a person may change, in the order of the spec."""
    stage = catalogue.experiment(spec.stage)
    narrower = {"name": stage.texts, "architecture": stage.architectures, "size": TRAINABLE}
    if spec.foreign:  # as it comes
        narrower |= {"architecture": (spec.model.architecture,), "size": (spec.model.size,), "method": ADAPTED_BY}
    if stage.starts[0]:
        yield _input(spec, START, "parent", "Starts from", "The stage whose weights it is given.")
    for role, allowed in others(stage.inputs).items():
        if len(allowed) > 1:
            yield _input(spec, role, role, role.capitalize(), f"The stage whose model is its {role}.")
    for part in PARTS:
        for item, setting in settings_of(getattr(spec, part)):
            setting = replace(setting, choices=narrower.get(item.name, setting.choices))
            yield Entry(_name(part, item), part, item.name, getattr(getattr(spec, part), item.name), setting)
    yield Entry("seed", "", "seed", spec.seed, SEED)


def _input(spec: RunSpec, role: str, name: str, label: str, help: str) -> Entry:
    """The setting of a role: the stages that may play it on this text, and the checkpoint that does."""
    given = spec.inputs.get(role)
    choices = tuple(stage or NO_PARENT for stage in catalogue.origins(catalogue.experiment(spec.stage), spec.text.name, role))
    plays = _plays(given)
    return Entry(name, "", "inputs", plays, Setting(label, help, choices=(*choices, plays) if isinstance(given, Checkpoint) else choices))


def change(spec: RunSpec, values: Mapping[str, Any]) -> RunSpec:
    """The spec with these settings, by their parameter's name.

    A change of text, or of what the run starts from, takes that recipe, and on top of it what was set here by hand. A run that starts
    from another has its model: another model means another parent, trained alike. Raises ValueError, in a sentence, for a setting
    outside its range or of an unknown name.
    """
    wanted = {name: value for name, value in values.items() if value != _value(spec, name)}
    if "text" in wanted or "parent" in wanted:
        text, parent = wanted.pop("text", spec.text.name), wanted.pop("parent", _origin(spec))
        kept = differences(spec, _recipe(spec))
        for name in ("parent", *(role for role, given in spec.inputs.items() if isinstance(given, Checkpoint))):
            kept.pop(name, None)  # of a checkpoint: no recipe names one
        if parent != _origin(spec):
            kept.pop("architecture", None)  # a GPT has none of BERT's
        spec, wanted = preset(spec.stage, TextSpec(text), parent), kept | wanted
    for entry in entries(spec):
        if entry.name in wanted:
            spec = _changed(spec, entry, wanted.pop(entry.name))
    if wanted:
        raise ValueError(f"there is no setting {', '.join(sorted(wanted))}")
    return spec


def _changed(spec: RunSpec, entry: Entry, value: Any) -> RunSpec:
    if entry.field == "inputs":
        return playing(spec, entry.name, value)
    if not entry.part:
        return replace(spec, **{entry.field: value})
    part = replace(getattr(spec, entry.part), **{entry.field: value})
    if entry.part == "model" and spec.parent:
        return restarted(spec, _changed(spec.parent, entry, value))
    return replace(spec, **{entry.part: part})


def _plays(given: RunSpec | Checkpoint | None) -> str:
    """What stands in a role, as the form says it."""
    return given.title if isinstance(given, Checkpoint) else given.stage if given else NO_PARENT


def _recipe(spec: RunSpec) -> RunSpec:
    """The recipe that is most like it."""
    if spec.foreign:
        return adapted(spec.stage, spec.foreign, spec.model)
    return preset(spec.stage, spec.text, _origin(spec))


def _origin(spec: RunSpec) -> str:
    """What the recipe of its page starts from that is most like it: from a checkpoint none does."""
    return spec.parent.stage if spec.parent else NO_PARENT


def differences(spec: RunSpec, base: RunSpec) -> dict[str, Any]:
    """The settings of `spec` that are not those of `base`, by their parameter's name."""
    return dict(_differences(spec, base))


@lru_cache(maxsize=1024)
def _differences(spec: RunSpec, base: RunSpec) -> tuple[tuple[str, Any], ...]:
    found = zip(entries(spec), entries(base), strict=True)
    return tuple((entry.name, entry.value) for entry, other in found if entry.value != other.value)


def write(address: Address, usual: str, text: TextSpec = USUAL) -> dict[str, str]:
    """The address as parameters; defaults are left out: the `usual` stage and text of the page, and the settings of `preset`."""
    foreign = address.spec.foreign
    recipe = _recipe(address.spec) if foreign else preset(address.spec.stage, address.spec.text)
    written = {"parent": foreign.id} if foreign else {}
    written |= {name: _spell(value) for name, value in differences(address.spec, recipe).items()}
    if address.spec.stage != usual:
        written["stage"] = address.spec.stage
    if address.spec.text != text:
        written["text"] = address.spec.text.name
    if address.parent:
        written["parent"] = address.parent.key
    for role, run in address.others:
        if role in address.spec.inputs and address.spec.inputs[role].id == run.id:
            written[role] = run.key
    if address.run:
        written["run"] = address.run.key
    if address.sentence is not None:
        written["s"] = address.sentence
    if address.hidden is not None:
        written["hide"] = ",".join(map(str, address.hidden)) or NOTHING
    if address.step is not None:
        written["step"] = str(address.step)
    if address.lecture:
        written["lecture"] = "1"
        if address.beat != 1:
            written["beat"] = str(address.beat)
    if address.view is not None:
        usual = type(address.view)()
        for item, _ in settings_of(address.view):
            value = getattr(address.view, item.name)
            if value != getattr(usual, item.name):
                written[item.name] = _spell(value)
    return written


def read(
    query: Mapping[str, str],
    stages: Sequence[str],
    view: Any = None,
    specs: Callable[[RunRef], RunSpec] | None = None,
    text: TextSpec = USUAL,
    models: Models | None = None,
) -> tuple[Address, dict[str, str]]:
    """The address that the parameters name, and for each parameter that could not be read the sentence that says so.

    `stages` are those the page can show, its usual one first; `view` holds its own settings as they are at first; `specs` knows what a
    run on this machine trains; `text` is what the page's run reads where nothing else is said; `models` knows by its digest a checkpoint
    from elsewhere, and raises ValueError, in a sentence, for one that is not here.
    """
    stage = query.get("stage", stages[0])
    problems = dict[str, str]()
    if stage not in stages:
        problems["stage"] = f"This page shows {' or '.join(stages)}, not {_short(stage)}."
        stage = stages[0]
    address = Address(preset(stage, text), view=view)
    first = [name for name in ("text", "parent", *others(catalogue.experiment(stage).inputs)) if name in query]
    for name in [*first, *(entry.name for entry in entries(address.spec) if entry.name not in first)]:
        if name in query:
            try:
                address = _set(address, name, query[name], specs, models)
            except ValueError as problem:
                problems[name] = f"{problem}. The address asked for it; the page shows the default."
    for item, setting in settings_of(view) if view is not None else ():
        if item.name in query:
            try:
                value = _typed(type(item.default), setting.label, query[item.name])
                address = replace(address, view=replace(address.view, **{item.name: value}))
            except ValueError as problem:
                problems[item.name] = f"{problem}. The address asked for it; the page shows the default."
    for name, reader in _READERS.items():
        if name in query:
            try:
                address = replace(address, **reader(query[name]))
            except ValueError as problem:
                problems[name] = f"{name}={_short(query[name])} in the address: {problem}."
    return address, problems


def _set(address: Address, name: str, given: str, specs: Callable[[RunRef], RunSpec] | None, models: Models | None) -> Address:
    """The address with one setting as it was spelt."""
    spec = address.spec
    if name == "parent" and models and DIGEST.fullmatch(given):
        return replace(address, spec=replace(adapted(spec.stage, *models(given)), seed=spec.seed))
    if name == "parent" and specs and KEY.fullmatch(given):
        run = parse(given)
        parent = specs(run)
        return replace(address, spec=replace(begun(spec.stage, parent, parent.text), seed=spec.seed), parent=run)
    if name in others(catalogue.experiment(spec.stage).inputs) and specs and KEY.fullmatch(given):
        run = parse(given)
        return replace(address, spec=replace(spec, inputs={**spec.inputs, name: specs(run)}), others=(*address.others, (name, run)))
    entry = next((entry for entry in entries(spec) if entry.name == name), None)
    if entry is None:
        raise ValueError(f"{spec.stage} has no setting {name}")
    kind = int if name == "seed" else str if entry.field == "inputs" else _kind(spec, entry)
    value = _typed(kind, entry.setting.label, given)
    if entry.setting.choices and value not in entry.setting.choices:
        raise ValueError(f"{entry.setting.label}: {_short(given)} is not one of {', '.join(entry.setting.choices)}")
    return replace(address, spec=change(spec, {name: value}))


def _run(given: str) -> dict[str, Any]:
    return {"run": parse(given)}


def _sentence(given: str) -> dict[str, Any]:
    if len(given) > LONGEST_SENTENCE:
        raise ValueError(f"a sentence has at most {LONGEST_SENTENCE:,} letters")
    return {"sentence": given}


def _hidden(given: str) -> dict[str, Any]:
    if given == NOTHING:
        return {"hidden": ()}
    places = given.split(",")
    if not all(place.isascii() and place.isdigit() and len(place) < 5 for place in places):
        raise ValueError("hidden words are numbers with commas between them, such as 3,5")
    return {"hidden": tuple(sorted({int(place) for place in places}))}


def _step(given: str) -> dict[str, Any]:
    if not (given.isascii() and given.isdigit() and len(given) < 8):
        raise ValueError("a step is a whole number")
    return {"step": int(given)}


def _lecture(given: str) -> dict[str, Any]:
    return {"lecture": given == "1"}


def _beat(given: str) -> dict[str, Any]:
    if not (given.isascii() and given.isdigit() and len(given) < 4):
        raise ValueError("a beat is a whole number from 1")
    return {"beat": int(given)}


_READERS = {"run": _run, "s": _sentence, "hide": _hidden, "step": _step, "lecture": _lecture, "beat": _beat}


def _name(part: str, item: "Field[Any]") -> str:
    return part if item.name == "name" else item.name


def _value(spec: RunSpec, name: str) -> Any:
    return next((entry.value for entry in entries(spec) if entry.name == name), MISSING)


def _typed(kind: type, label: str, given: str) -> Any:
    """The text as a value of this type."""
    if kind is str:
        return given
    if kind is bool:
        return given == "1"
    try:
        return kind(given)
    except ValueError:
        raise ValueError(f"{label}: {_short(given)} is not a {'whole ' if kind is int else ''}number") from None


def _kind(spec: RunSpec, entry: Entry) -> type:
    return next(type(item.default) for item in fields(getattr(spec, entry.part)) if item.name == entry.field)


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return repr(value) if isinstance(value, float) else str(value)


def _short(given: str) -> str:
    return repr(given if len(given) <= 30 else given[:30] + "…")
