"""How far a study has come, as one viewer finds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmviz.core.spec import RunSpec
from llmviz.core.study import Study, seconds_left
from llmviz.runs.engine import State, Status
from llmviz.runs.results import Result


@dataclass(frozen=True)
class Progress:
    """A study as one viewer finds it.

    Attributes:
        state: None before it was started; TRAINING, also while it waits; then DONE, STOPPED, INTERRUPTED, or FAILED where runs failed and
            all others are done.
        owner: whether this viewer may stop it.
        reason: why it stopped, or what it waits for, in a sentence; "" otherwise.
        results: what there is of its runs, and of those it still needs, by the ids of their specs.
        done: how many of its own runs have reached their end.
        under_way: the runs that train for it or wait for a worker, by the ids of their specs, and how they stand.
        missing: the runs still to train, those that others are made from included.
        seconds_left: at the pace so far; None before there is one.
    """

    state: State | None
    owner: bool
    reason: str
    results: Mapping[str, Result]
    done: int
    under_way: Mapping[str, tuple[RunSpec, Status]]
    missing: tuple[RunSpec, ...]
    seconds_left: float | None


def study_seconds_left(study: Study, missing: Sequence[RunSpec], results: Mapping[str, Result]) -> float | None:
    """At the pace of the runs of this machine, or before there is one of those that came with the program."""
    known = {id: found for id, found in results.items() if found.ours and found.step} or results
    ended = [spec for spec in study.specs() if spec not in missing and spec.id in known]
    return seconds_left([*ended, *missing], {id: (found.step, found.learning_curve.seconds) for id, found in known.items()})
