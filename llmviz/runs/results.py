"""What there is of the runs of a study: recordings, runs of this machine, and learning curves that came with the program."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from llmviz.core.learning_curve import LearningCurve, learning_curve
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.study import Study, ancestors
from llmviz.core.update import Done, Failed
from llmviz.runs.engine import Engine

# Seconds for which a run is not read again: one that has ended, and any other. A page asks for some fifty, several times in a drawing.
ENDED, GLANCE = 10.0, 0.2


@dataclass(frozen=True)
class Result:
    """How one run of a study went so far, and its end.

    Attributes:
        learning_curve: its learning curves, and at its end its figures on test data.
        run: None where it came with the program without weights.
        step: the batches learnt.
        failed: why it failed, in a sentence; "" otherwise.
    """

    learning_curve: LearningCurve
    run: RunRef | None
    step: int
    failed: str = ""

    @property
    def done(self) -> bool:
        """Whether it reached its end."""
        return bool(self.learning_curve.metrics)

    @property
    def ours(self) -> bool:
        """Whether this machine trained it."""
        return self.run is not None and not self.run.recorded


class Results:
    """Reads results from an engine, and remembers them for a moment."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[str, tuple[float, Result | None]] = {}  # each until when

    @cached_property
    def _without_weights(self) -> Mapping[str, LearningCurve]:
        return {each.spec.id: each for each in self._engine.learning_curves() if each.metrics}

    def of(self, spec: RunSpec) -> Result | None:
        """That of the recording of this spec, else of the newest attempt here; None where nothing of it has begun."""
        until, kept = self._kept.get(spec.id, (0.0, None))
        if time.monotonic() < until:
            return kept
        found = self._read(spec)
        ended = found is not None and (found.done or found.failed)
        self._kept[spec.id] = time.monotonic() + (ENDED if ended else GLANCE), found
        return found

    def forget(self, id: str) -> None:
        """Read the run of this id again: something has happened to it."""
        self._kept.pop(id, None)

    def _read(self, spec: RunSpec) -> Result | None:
        run = self._engine.recorded(spec) or self._engine.find(spec)
        found = self._attempt(spec, run) if run else None
        if (found is None or not found.done) and (kept := self._without_weights.get(spec.id)):
            return Result(kept, None, kept.steps[-1] if kept.steps else 0)
        return found

    def _attempt(self, spec: RunSpec, run: RunRef) -> Result | None:
        try:
            history = self._engine.history(run)
        except ValueError:  # deleted meanwhile
            return None
        failed = history.end.reason if isinstance(history.end, Failed) else ""
        step = history.end.step if isinstance(history.end, Done) else history.step
        return Result(learning_curve(spec, history), run, step, failed)

    def missing(self, study: Study, choice: Callable[[Result], bool] = lambda found: True) -> list[RunSpec]:
        """The runs that are still to train, in order: each after those it is made from, where their weights are not here.

        Only results of this choice count as there.
        """

        def with_weights(given: Result) -> bool:
            return given.run is not None and choice(given)

        found: dict[str, RunSpec] = {}
        for spec in study.specs():
            if not self._done(spec, choice):
                found |= {each.id: each for each in ancestors(spec) if not self._done(each, with_weights)}
                found[spec.id] = spec
        return list(found.values())

    def _done(self, spec: RunSpec, choice: Callable[[Result], bool]) -> bool:
        """Whether there is a result of this choice of it."""
        found = self.of(spec)
        return found is not None and found.done and choice(found)
