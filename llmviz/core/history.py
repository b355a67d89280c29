"""Updates folded into what a page draws: curves, snapshots, how it began and how it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from llmviz.core.update import Begin, Done, Failed, Score, Snapshot, Step, Stopped, Update


@dataclass(frozen=True)
class Curve:
    """A figure over the steps: two tuples of equal length."""

    steps: tuple[int, ...] = ()
    values: tuple[float, ...] = ()

    @property
    def last(self) -> float | None:
        """The newest value, or None before the first."""
        return self.values[-1] if self.values else None


@dataclass(frozen=True)
class History:
    """All a run has said so far.

    `batches` is the loss of each training batch; `scores` the held-out metrics by name, and `read` the tokens read when they were taken.
    """

    begin: Begin | None = None
    batches: Curve = Curve()
    scores: Mapping[str, Curve] = field(default_factory=dict)
    read: Curve = Curve()
    snapshots: tuple[int, ...] = ()
    end: Done | Stopped | Failed | None = None
    seconds: float = 0.0
    tokens: int = 0

    @property
    def step(self) -> int:
        """Batches learnt so far."""
        return self.batches.steps[-1] if self.batches.steps else 0


def fold(updates: Iterable[Update], history: History | None = None) -> History:
    """The history after these updates, starting from an earlier one if given. The earlier one stays as it was."""
    before = history or History()
    begin, end, seconds, tokens = before.begin, before.end, before.seconds, before.tokens
    batches: list[tuple[int, float]] = []
    scores: dict[str, list[tuple[int, float]]] = {}
    read: list[tuple[int, float]] = []
    snapshots: list[int] = []
    for update in updates:
        match update:
            case Begin():
                begin = update
            case Step():
                batches.append((update.step, update.loss))
                seconds, tokens = update.seconds, tokens + update.tokens
            case Score():
                read.append((update.step, tokens))
                for name, value in update.metrics.items():
                    scores.setdefault(name, []).append((update.step, value))
            case Snapshot():
                snapshots.append(update.step)
            case Done() | Stopped() | Failed():
                end = update
    return replace(
        before,
        begin=begin,
        batches=_extend(before.batches, batches),
        scores={
            **before.scores,
            **{name: _extend(before.scores.get(name, Curve()), points) for name, points in scores.items()},
        },
        read=_extend(before.read, read),
        snapshots=before.snapshots + tuple(snapshots),
        end=end,
        seconds=end.seconds if isinstance(end, Done) else seconds,
        tokens=tokens,
    )


def _extend(curve: Curve, points: list[tuple[int, float]]) -> Curve:
    if not points:
        return curve
    steps, values = zip(*points, strict=True)
    return Curve(curve.steps + steps, curve.values + values)
