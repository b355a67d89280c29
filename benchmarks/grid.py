"""What races to quality: plain values, and the published grid of AdamW settings. Knows no torch.

Both sides read the very same batches, `stage.batch(step)` of the default recipe, and are asked the very same `stage.evaluate()`.

Why these cells. Small models take rates between 1e-3 and 1e-2; these are a factor of 3 apart. How fast a rate falls belongs to the length
of a run, and quality comes while it falls: so each rate runs at three lengths, from as long as ours, and also without any fall, where
length does not matter. The longest end at 2.5 times our length, three to four times the steps ours need: what is not there by then is
"not within". Warm-up is as many steps as ours at every length. The second moment remembers 50 steps, and weights decay as in BERT; a cell
each, in the middle of the grid, tries AdamW's usual memory, the short one of ours, and ten times the decay.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

LINEAR, CONSTANT = "linear", "constant_with_warmup"


@dataclass(frozen=True)
class AdamW:
    """Settings of `transformers.TrainingArguments`; `length` and `warmup` are in lengths of our own run."""

    learning_rate: float
    course: str = LINEAR
    length: float = 1.0
    warmup: float = 0.1
    weight_decay: float = 0.01
    beta2: float = 0.98


@dataclass(frozen=True)
class Cell:
    """One run: ours where `adamw` is None, otherwise the peer's. `limit` ends it after so many steps; 0 is its whole length."""

    task: str
    architecture: str
    adamw: AdamW | None = None
    seed: int = 0
    limit: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a run ended: at the step whose evaluation first reached the bar, or without.

    Attributes:
        seconds: of training up to there: data, forward, backward and update of every step, evaluations left out.
        share: how near the bar the last evaluation came; 1 is there.
        metrics: the last evaluation.
        at_once: how many runs this machine had under way.
        versions: of the libraries it ran on.
    """

    cell: Cell
    reached: bool
    steps: int
    seconds: float
    share: float
    metrics: dict[str, float]
    at_once: int = 1
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def order(self) -> tuple[bool, float, float, float]:
        """Sorts from good to bad: who was there, by seconds; then who had the most steps for it and came nearest, or had the least loss.

        A short run that did not get there says less than a long one: its rate had fallen to zero.
        """
        if self.reached:
            return (False, self.seconds, 0.0, 0.0)
        return (True, -float(self.steps), -self.share, self.metrics["loss"])

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> "Outcome":
        """What `to_json` wrote."""
        return cls(**(written | {"cell": cell_from_json(written["cell"])}))


def cell_from_json(written: dict[str, Any]) -> Cell:
    """A cell written by `asdict`."""
    return Cell(**(written | {"adamw": AdamW(**written["adamw"]) if written["adamw"] else None}))


RATES = (1e-3, 3e-3, 1e-2)
COURSES = ((LINEAR, 1.0), (LINEAR, 1.5), (LINEAR, 2.5), (CONSTANT, 2.5))
MIDDLE = AdamW(3e-3, LINEAR, 1.5)
GRID = (
    *(AdamW(rate, course, length) for rate in RATES for course, length in COURSES),
    replace(MIDDLE, beta2=0.999),
    replace(MIDDLE, beta2=0.95),
    replace(MIDDLE, weight_decay=0.1),
)
DEFAULTS = AdamW(5e-5, LINEAR, 2.5, warmup=0.0, weight_decay=0.0, beta2=0.999)  # what TrainingArguments has where nobody says anything

# By task: our architecture, and the class a practitioner takes for the same size. The peer trains both: the plain class is what one would
# use otherwise; ours under AdamW shows what the optimiser alone is worth. All have the configuration of `llmviz.models`, which is kind to
# small models: wide random weights, no dropout, relu.
OURS = {"mlm": "roformer", "clm": "neox"}
PLAIN = {"mlm": "bert", "clm": "gpt2"}
WANTED = {"mlm": "facts ≥ 95 %", "clm": "loss ≤ 1.10 × floor"}

TUNING = 0  # the seed on which the grid is run; as recipes, the best cells are then measured on seeds they were not chosen by
SEEDS = tuple(range(100, 110))


def grid(task: str) -> Iterator[Cell]:
    """Every cell of a task, longest first, so that no core waits for a long one at the end."""
    for adamw in sorted(GRID, key=lambda cell: -cell.length):
        for architecture in (PLAIN[task], OURS[task]):
            yield Cell(task, architecture, adamw, TUNING)
