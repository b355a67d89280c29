"""Numbers, times and recipes as a page says them."""

from llmviz.core import catalogue
from llmviz.core.history import History
from llmviz.core.settings import LabelsSpec, PairsSpec
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS

LOOKS, LOOK = 32, 10  # evaluations in a run, dense at first; one takes as long as about ten steps
PACE = 10  # steps after which there is a pace to go by


def sentence(said: str) -> str:
    """What was said, as a sentence: a capital first and a full stop last; empty where nothing was."""
    return f"{said[:1].upper()}{said[1:].rstrip('.')}." if said else ""


def parameters(count: int) -> str:
    """A number of parameters, such as `0.1 M`."""
    return f"{count / 1e6:.1f} M" if count < 9.95e6 else f"{count / 1e6:.0f} M"


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


def recipe(spec: RunSpec) -> str:
    """`Tinyland · 0.1 M · 1,000 steps · seed 0`; a fine-tuned one also says from what and with how many labels."""
    said = [TEXTS[spec.text.name].title, size(spec.model.size), f"{spec.train.steps:,} steps", f"seed {spec.seed}"]
    if isinstance(spec.objective, LabelsSpec):
        origin = f"from {catalogue.stage(spec.parent.stage).title}" if spec.parent else "from scratch"
        said[1:1] = [f"{spec.objective.labels:,} labels", origin]
    if isinstance(spec.objective, PairsSpec) and not spec.objective.next_sentence:
        said.insert(1, "words only")
    return " · ".join(said)


def origin(spec: RunSpec) -> dict[str, str]:
    """What a run is at its step 0: the stage of a model whose colour it has there, and its name in words."""
    if spec.parent is None:
        return {"phase": "random", "word": "random start"}
    return {"phase": "pretrained", "word": "pretrained body, new head" if isinstance(spec.objective, LabelsSpec) else "as its parent ended"}


def progress(history: History, spec: RunSpec, delay: float = 0.0) -> str:
    """`step 348 of 1,000 · 6 s left`; at the end what is still to be done. `delay` is the wait before each step."""
    total = history.begin.steps if history.begin else spec.train.steps
    if history.step >= total:
        return f"all {total:,} steps done, measuring on test text"
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
