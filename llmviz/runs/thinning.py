"""Fewer snapshots of a run: what it said, and the two or more steps whose weights are kept."""

from collections.abc import Collection, Iterable, Iterator

from llmviz.core.update import Snapshot, Update
from llmviz.runs.folder import RunFolder, read_updates, write


def spread(steps: list[int], count: int) -> list[int]:
    """So many of the steps, the first and the last among them, evenly by their place in the list."""
    return [steps[round(place * (len(steps) - 1) / (count - 1))] for place in range(count)]


def told(updates: Iterable[Update], steps: Collection[int]) -> Iterator[Update]:
    """The updates, of the snapshots only those after these steps."""
    return (update for update in updates if not isinstance(update, Snapshot) or update.step in steps)


def thin(run: RunFolder) -> None:
    """Keep the first and the last snapshot of a run that is done, and all its curves and figures.

    The updates tell of no snapshot that is gone, also after a kill between the two: a snapshot too many does no harm.
    """
    every = run.snapshots()
    if len(every) <= 2:
        return
    steps = spread(every, 2)
    lines = run.updates.read_bytes().splitlines(keepends=True)
    write(run.updates, b"".join(line for line in lines if not (found := read_updates([line])) or list(told(found, steps))))
    run.forget_snapshots_but(set(steps))
