"""Numbers, times and recipes as a page says them."""

from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS


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
    """`Tinyland · 0.1 M · 1,000 steps · seed 0`."""
    return f"{TEXTS[spec.text.name].title} · {size(spec.model.size)} · {spec.train.steps:,} steps · seed {spec.seed}"


def progress(history: History, spec: RunSpec) -> str:
    """`step 348 of 1,000 · 6 s left`."""
    total = history.begin.steps if history.begin else spec.train.steps
    left = history.seconds_left
    ending = f" · {duration(left)} left" if left is not None and history.step < total else ""
    return f"step {history.step:,} of {total:,}{ending}"
