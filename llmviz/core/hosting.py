"""What a server bears, of one visitor and in all. `LLMVIZ_HOSTED=1` says that strangers come."""

import functools
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """All limits.

    Attributes:
        hosted: whether strangers come.
        waiting: runs that wait for a worker, in all.
        waiting_each: those of one visitor; all that one press of *Train live* begins counts as one, a study not at all.
        training_each: those of one visitor that train at a time, counted so.
        studies: studies in training, in all.
        studies_each: pages on which one visitor has studies in training.
        away_seconds: without a sign of whoever started a run; then another may steer it.
    """

    hosted: bool = False
    waiting: int = 50
    waiting_each: int = 40
    training_each: int = 64
    studies: int = 4
    studies_each: int = 4
    away_seconds: int = 180


@functools.cache
def limits() -> Limits:
    """The limits of this process."""
    return (
        Limits(hosted=True, waiting=200, waiting_each=2, training_each=1, studies_each=1)
        if os.environ.get("LLMVIZ_HOSTED") == "1"
        else Limits()
    )
