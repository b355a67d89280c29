"""Numbers, times and recipes as a page says them."""

import math
from collections.abc import Sequence
from functools import lru_cache

from llmviz.core import catalogue
from llmviz.core.address import Entry, differences, entries
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.history import History
from llmviz.core.settings import DIGEST, SIZES, LabelsSpec, PairsSpec, TextSpec
from llmviz.core.spec import NO_PARENT, STAGE_DEFAULT, RunSpec, made_from, others
from llmviz.core.texts import TEXTS
from llmviz.parts.shared.payload import Origin
from llmviz.views.finite import NO_NUMBER

LOOKS, LOOK = 32, 10  # evaluations in a run, dense at first; one takes as long as about ten steps
CHOICES = {  # settings that are chosen from a list and are neither stage nor text, as a page says them
    NO_PARENT: "random weights",
    "roformer": "RoFormer",
    "bert": "BERT",
    "neox": "NeoX",
    "gpt2": "GPT-2",
    "t5": "T5",
    "muon": "Muon and AdamW",
    "adamw": "AdamW",
    "cpu": "CPU",
    "cuda": "CUDA",
    "mps": "MPS",
    "full": "full fine-tuning",
    "head": "frozen body",
    "last layer": "last layer and head",
    "lora": "LoRA",
    "new": "the new text",
    "old": "the old text",
    "warm": "labeller A",  # what each likes is to be found out
    "brief": "labeller B",
    "frank": "labeller C",
}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PACE = 10  # steps after which there is a pace to go by


def sentence(said: str) -> str:
    """What was said, as a sentence: a capital first and a full stop last; empty where nothing was."""
    return f"{said[:1].upper()}{said[1:].rstrip('.')}." if said else ""


def figure(value: float, unit: str = "") -> str:
    """A figure as a page says it: shares ("%") as percent without decimals, all else with two."""
    if not math.isfinite(value):
        return NO_NUMBER
    return f"{value:.0%}".replace("%", " %") if unit == "%" else f"{value:.2f}"


def measured(value: float, unit: str) -> str:
    """A figure with its unit: `0.87 nats`, `67 %`."""
    return figure(value, unit) if unit == "%" else f"{figure(value)} {unit}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """So many of something: `1 letter`, `1,234 letters`, `0 texts`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def listed(names: Sequence[str]) -> str:
    """Some names in a row: `politely, as a game and in other words`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def parameters(count: int) -> str:
    """A number of parameters, such as `0.1 M`; a small one, as of a head or of LoRA's factors, as it is."""
    if count < 50_000:
        return f"{count:,}"
    return f"{count / 1e6:.1f} M" if count < 9.95e6 else f"{count / 1e6:.0f} M"


def about(count: int) -> str:
    """A count to two figures, as one says a count that is not exact: `140,000`."""
    return f"{float(f'{count:.2g}'):,.0f}"


def two_figures(value: float) -> str:
    """A figure to two figures: `0.35`, `14`, `1,300`."""
    return about(round(value)) if value >= 10 else f"{value:.2g}"


def power(exponent: int) -> str:
    """A power of ten: `10²³`."""
    return f"10{str(exponent).translate(_RAISED)}"


def duration(seconds: float) -> str:
    """A time as one says it: `9 s`, `2 min 5 s`, `1 h 4 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"


def size(name: str) -> str:
    """The size of a model with the space that belongs before the unit."""
    return name.replace("M", " M")


def value(given: object) -> str:
    """The value of a setting as a page says it: stages and texts by their titles, sizes with their space, large counts with commas, of a
    digest its first letters.
    """
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, int):
        return f"{given:,}"
    if isinstance(given, float):
        return f"{given:g}"
    name = str(given)
    if name in catalogue.BY_NAME:
        return catalogue.experiment(name).title
    if name in TEXTS:
        return TEXTS[name].title
    if DIGEST.fullmatch(name):
        return name[:6]
    return size(name) if name in SIZES else CHOICES.get(name, name)


@lru_cache(maxsize=1024)
def recipe(spec: RunSpec, seeded: bool = True) -> str:
    """`Tinyland · 0.1 M · 1,000 steps · seed 0`, and every other setting that is not the default of its stage and text.

    A run that is made from others also says from which, and in what these differ from the defaults of their own stage and text. Runs that
    differ in their seeds alone have one recipe, if it is not `seeded`.
    """
    changed = _changed(spec)
    said = read(spec)
    if isinstance(spec.objective, PairsSpec) and "next_sentence" in changed:
        del changed["next_sentence"]
        said.append("words only")
    if isinstance(spec.objective, LabelsSpec):
        said.append(counted(spec.objective.labels, "label"))
    if spec.start:
        said.append(f"from {_start(spec.start, spec.text)}")
    elif catalogue.experiment(spec.stage).starts[0]:
        said.append("from scratch")
    said += roles(spec)
    if spec.lineage[0].text != spec.text:
        said.append(f"in the vocabulary of {TEXTS[spec.lineage[0].text.name].title}")
    said += [size(spec.model.size), counted(spec.train.steps, "step"), *([f"seed {spec.seed}"] if seeded else [])]
    return " · ".join(said + [text for name, text in changed.items() if name not in ("labels", "size", "steps", "seed")])


def read(spec: RunSpec) -> list[str]:
    """The title of the text that a run names; of one from a model of elsewhere none, for it reads its own labels alone."""
    return [] if spec.foreign else [TEXTS[spec.text.name].title]


def starts(spec: RunSpec) -> str:
    """What a run begins with, in two words."""
    if spec.foreign:
        return f"{spec.foreign.name or 'a real model'}, {'LoRA' if spec.objective.method == 'lora' else 'a new head'}"
    return "pretrained" if spec.start else "random start"


def roles(spec: RunSpec) -> list[str]:
    """`reward: Reward model`: what plays each role but that of the start, with what differs in it. It is made from the same start, where
    nothing else is said.
    """
    given = others(spec.inputs)
    alike = [role for role, each in given.items() if isinstance(each, RunSpec) and made_from(each, spec.start) == each]
    return [f"{role}: {_start(each, spec.text, said_from=role not in alike)}" for role, each in given.items()]


def _start(spec: RunSpec | Checkpoint, text: TextSpec, said_from: bool = True) -> str:
    """What a run on this text is made from, with at most two differences in words. Its size is that of the run."""
    if isinstance(spec, Checkpoint):
        return spec.title
    said = [changed for name, changed in _changed(spec).items() if name != "size"]
    if spec.start and said_from:
        said.insert(0, f"from {_start(spec.start, spec.text)}")
    if len(said) > 2:
        said[1:] = [f"{counted(len(said) - 1, 'more setting')} changed"]
    on = f" on {TEXTS[spec.text.name].title}" if spec.text != text else ""
    return catalogue.experiment(spec.stage).title + on + (f" ({', '.join(said)})" if said else "")


def _changed(spec: RunSpec) -> dict[str, str]:
    """The settings that are not the defaults of stage, text and parent, in words, by their parameter's name."""
    model = spec.model if spec.foreign else STAGE_DEFAULT  # it comes with its start
    found = differences(spec, RunSpec(spec.stage, spec.inputs, spec.text, model))
    return {entry.name: _setting(entry) for entry in entries(spec) if entry.name in found}


def _setting(entry: Entry) -> str:
    """`learning rate (AdamW) 0.004`."""
    if entry.name == "steps":
        return counted(entry.value, "step")
    return f"{entry.setting.label[:1].lower()}{entry.setting.label[1:]} {value(entry.value)}"


def origin(spec: RunSpec) -> Origin:
    """What a run is at its step 0: the stage of a model whose colour it has there, and its name in words."""
    if spec.start is None:
        return {"phase": "random", "word": "random start"}
    return {"phase": "pretrained", "word": "pretrained body, new head" if isinstance(spec.objective, LabelsSpec) else "as its parent ended"}


def progress(history: History, spec: RunSpec, delay: float = 0.0) -> str:
    """`step 348 of 1,000 · 6 s left`; at the end what is still to be done. `delay` is the wait before each step."""
    total = history.begin.steps if history.begin else spec.train.steps
    if history.step >= total:
        return f"all {counted(total, 'step')} done, measuring on test text"
    left = seconds_left(history, total, delay)
    ending = f" · {duration(left)} left" if left is not None else ""
    return f"step {history.step:,} of {total:,}{ending}"


def seconds_left(history: History, total: int, delay: float) -> float | None:
    """The time to the last step, at the pace so far; None before there is a pace."""
    if history.step < PACE or not history.seconds:
        return None
    looks = len(history.snapshots)
    done, ahead = history.step + LOOK * looks, total - history.step + LOOK * max(0, LOOKS - looks)
    return history.seconds * ahead / done + delay * (total - history.step)
