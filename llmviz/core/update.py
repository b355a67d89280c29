"""What a run says while it trains, one value at a time. Page, command line, tests and store all read this one stream."""

import math
from dataclasses import asdict, dataclass
from typing import Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Begin:
    """Said once, first: what is about to train, and the lines its headline lies between, in its unit.

    `parameters` are those that training moves. Where the headline is a loss, in nats per token, `references` has "random_guess" (ln of the
    vocabulary) always; "floor" and "accuracy_ceiling" (a share) where the grammar is known; "unigram" and "trigram" where not.
    """

    step: int
    steps: int
    parameters: int
    vocabulary: int
    references: dict[str, float]


@dataclass(frozen=True)
class Step:
    """One batch learnt: its loss, the tokens read, the seconds of training so far.

    Of a supervised stage the loss is in nats per guessed token; of an on-policy one it is what the gradient is taken of, and has no unit.
    """

    step: int
    loss: float
    tokens: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Score:
    """Metrics on held-out (validation) data after `step` steps, by the names in the catalogue. Shares are 0 … 1."""

    step: int
    metrics: dict[str, float]


@dataclass(frozen=True)
class Snapshot:
    """The weights after `step` steps have been kept."""

    step: int


@dataclass(frozen=True)
class Done:
    """The end: metrics on test data, and the seconds of training with its evaluations and snapshots, pauses and this test left out.

    `peak_memory` is the most bytes that its program held at once during the run, and `base_memory` what it held before, torch and all:
    0 where the system does not tell, and of runs made before they told.
    """

    step: int
    metrics: dict[str, float]
    seconds: float = 0.0
    peak_memory: int = 0
    base_memory: int = 0


@dataclass(frozen=True)
class Stopped:
    """Ended early on purpose, with a checkpoint: it can go on to the same result."""

    step: int
    reason: str


@dataclass(frozen=True)
class Failed:
    """Ended by an error: one sentence that says what, why and what now."""

    step: int
    reason: str


Update = Begin | Step | Score | Snapshot | Done | Stopped | Failed
KINDS: dict[str, type] = {kind.__name__.lower(): kind for kind in (Begin, Step, Score, Snapshot, Done, Stopped, Failed)}
RETIRED = frozenset({"sample"})  # said by earlier versions: kept runs still hold such updates, and a reader skips them

_TYPES = {kind: get_type_hints(kind) for kind in KINDS.values()}


def to_json(update: Update) -> dict[str, Any]:
    """The update as plain JSON values, with its kind under "type"."""
    return {"type": type(update).__name__.lower(), **asdict(update)}


def from_json(written: dict[str, Any]) -> Update:
    """The update that `to_json` wrote. Raises ValueError for anything else."""
    try:
        values = dict(written)
        kind = KINDS[values.pop("type")]
        update: Update = kind(**values)
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"this is not an update ({problem})") from problem
    if not holds_what_it_should(update):
        raise ValueError("this is not an update (a value is of another type)")
    return update


def holds_what_it_should(update: Update, finite: bool = False) -> bool:
    """Whether each value of an update is of the type its field names, and if asked for a finite number."""
    return all(is_a(getattr(update, name), kind, finite) for name, kind in _TYPES[type(update)].items())


def is_a(value: Any, kind: Any, finite: bool = True) -> bool:
    """Whether a value that was read from JSON is of this type, and if asked for finite. An int is a float, a bool is no number."""
    if get_origin(kind) is dict:
        names, items = get_args(kind)
        return isinstance(value, dict) and all(is_a(key, names, finite) and is_a(item, items, finite) for key, item in value.items())
    if isinstance(value, bool):
        return False
    if kind is float:
        return isinstance(value, int | float) and (not finite or math.isfinite(value))
    return isinstance(value, kind)
