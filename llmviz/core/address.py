"""What a page shows, as the parameters of its address and back. Pure: knows no browser, no run folder.

Parameters: the settings that differ from the stage's recipe by their field's name (the text by `text`), `run`, `s` for the sentence,
`hide` for the hidden words, `step`, and `lecture`. What cannot be read is left out and explained in a sentence at its place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, replace
from typing import Any

from llmviz.core.run import RunRef, parse
from llmviz.core.settings import Setting, TextSpec, settings_of
from llmviz.core.spec import RunSpec

LONGEST_SENTENCE = 6_000  # letters; far beyond what a model here reads, and still short enough for an address
NOTHING = "none"  # `hide=none`: no word is hidden, although the sentence's default would hide one
PARTS = ("text", "model", "train", "objective")
SEED = Setting("Seed", "Decides the random start and the order of the batches.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Address:
    """`sentence` and `hidden` are None where the page's own default stands."""

    spec: RunSpec
    run: RunRef | None = None
    sentence: str | None = None
    hidden: tuple[int, ...] | None = None
    step: int | None = None
    lecture: bool = False


@dataclass(frozen=True)
class Entry:
    """One setting of a run: the parameter's name, the part of the spec it lies in ("" for the seed), its value and what a form says."""

    name: str
    part: str
    field: str
    value: Any
    setting: Setting


def entries(spec: RunSpec) -> Iterator[Entry]:
    """All settings of a run that a person may change, in the order of the spec."""
    for part in PARTS:
        for item, setting in settings_of(getattr(spec, part)):
            yield Entry(_name(part, item), part, item.name, getattr(getattr(spec, part), item.name), setting)
    yield Entry("seed", "", "seed", spec.seed, SEED)


def change(spec: RunSpec, values: Mapping[str, Any]) -> RunSpec:
    """The spec with these settings, by their parameter's name.

    A change of text takes that text's own recipe, and on top of it what was set here by hand. Raises ValueError, in a sentence, for a
    setting outside its range or of an unknown name.
    """
    wanted = dict(values)
    name = wanted.pop("text", spec.text.name)
    if name != spec.text.name:
        before, after = RunSpec(spec.stage, text=spec.text), RunSpec(spec.stage, text=TextSpec(name))
        wanted = differences(spec, before) | {key: value for key, value in wanted.items() if value != _value(spec, key)}
        wanted.pop("text", None)
        spec = after
    for entry in entries(spec):
        if entry.name in wanted:
            value = wanted.pop(entry.name)
            part = replace(getattr(spec, entry.part), **{entry.field: value}) if entry.part else value
            spec = replace(spec, **{entry.part or "seed": part})
    if wanted:
        raise ValueError(f"there is no setting {', '.join(sorted(wanted))}")
    return spec


def differences(spec: RunSpec, base: RunSpec) -> dict[str, Any]:
    """The settings of `spec` that are not those of `base`, by their parameter's name."""
    return {entry.name: entry.value for entry, other in zip(entries(spec), entries(base), strict=True) if entry.value != other.value}


def write(address: Address) -> dict[str, str]:
    """The address as parameters; defaults are left out."""
    written = {name: _spell(value) for name, value in differences(address.spec, _recipe(address.spec)).items()}
    if address.spec.text != RunSpec(address.spec.stage).text:
        written["text"] = address.spec.text.name
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
    return written


def read(query: Mapping[str, str], stage: str) -> tuple[Address, dict[str, str]]:
    """The address that the parameters name, and for each parameter that could not be read the sentence that says so."""
    address, problems = Address(RunSpec(stage)), dict[str, str]()
    names = ["text", *(entry.name for entry in entries(address.spec) if entry.name != "text")]
    for name in names:
        if name in query:
            try:
                address = replace(address, spec=change(address.spec, {name: _parse(address.spec, name, query[name])}))
            except ValueError as problem:
                problems[name] = f"{problem}. The address asked for it; the page shows the default."
    for name, reader in _READERS.items():
        if name in query:
            try:
                address = replace(address, **reader(query[name]))
            except ValueError as problem:
                problems[name] = f"{name}={_short(query[name])} in the address: {problem}."
    return address, problems


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


_READERS = {"run": _run, "s": _sentence, "hide": _hidden, "step": _step, "lecture": _lecture}


def _recipe(spec: RunSpec) -> RunSpec:
    return RunSpec(spec.stage, text=spec.text)


def _name(part: str, item: "Field[Any]") -> str:
    return part if item.name == "name" else item.name


def _value(spec: RunSpec, name: str) -> Any:
    return next((entry.value for entry in entries(spec) if entry.name == name), MISSING)


def _parse(spec: RunSpec, name: str, given: str) -> Any:
    """The text as the type of the setting it is for."""
    entry = next(entry for entry in entries(spec) if entry.name == name)
    kind = int if name == "seed" else _kind(spec, entry)
    if kind is str:
        return given
    try:
        return kind(given)
    except ValueError:
        raise ValueError(f"{entry.setting.label}: {_short(given)} is not a {'whole ' if kind is int else ''}number") from None


def _kind(spec: RunSpec, entry: Entry) -> type:
    return next(type(item.default) for item in fields(getattr(spec, entry.part)) if item.name == entry.field)


def _spell(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _short(given: str) -> str:
    return repr(given if len(given) <= 30 else given[:30] + "…")
