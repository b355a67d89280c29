"""What a run says while it trains, one value at a time. Page, command line, tests and store all read this one stream."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Begin:
    """Said once, first: what is about to train, and the lines its loss lies between (nats per token).

    `references` has "random_guess" (ln of the vocabulary) always; "floor" and "accuracy_ceiling" (a share) where the grammar is known;
    "unigram" and "trigram" where not.
    """

    step: int
    steps: int
    parameters: int
    vocabulary: int
    references: dict[str, float]


@dataclass(frozen=True)
class Step:
    """One batch learnt: its loss in nats per guessed token, the tokens read, the seconds of training so far."""

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
class Sample:
    """What the model answers to one fixed prompt after `step` steps: candidates with their probabilities, best first."""

    step: int
    prompt: str
    truth: str
    candidates: list[tuple[str, float]]


@dataclass(frozen=True)
class Snapshot:
    """The weights after `step` steps have been kept."""

    step: int


@dataclass(frozen=True)
class Done:
    """The end: metrics on test data, and the seconds of training with its evaluations and snapshots, pauses and this test left out."""

    step: int
    metrics: dict[str, float]
    seconds: float = 0.0


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


Update = Begin | Step | Score | Sample | Snapshot | Done | Stopped | Failed
KINDS: dict[str, type] = {kind.__name__.lower(): kind for kind in (Begin, Step, Score, Sample, Snapshot, Done, Stopped, Failed)}


def to_json(update: Update) -> dict[str, Any]:
    """The update as plain JSON values, with its kind under "type"."""
    return {"type": type(update).__name__.lower(), **asdict(update)}


def from_json(written: dict[str, Any]) -> Update:
    """The update that `to_json` wrote. Raises ValueError for anything else."""
    try:
        values = dict(written)
        kind = KINDS[values.pop("type")]
        if kind is Sample:
            values["candidates"] = [(word, probability) for word, probability in values["candidates"]]
        update: Update = kind(**values)
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"this is not an update ({problem})") from problem
    return update
