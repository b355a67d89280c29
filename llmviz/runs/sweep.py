"""Where strangers come, the runs that nobody has used for longest make room for others, so that none has to be refused.

A run stays while somebody looks at it or it is under way, while another is made from it, and where a teacher pinned it or made it public.
Recordings are no runs of the store, and stay always.
"""

from collections.abc import Iterator
from contextlib import suppress

from llmviz.core.hosting import Limits
from llmviz.core.run import RunRef
from llmviz.runs import room
from llmviz.runs.engine import Choice
from llmviz.runs.ownership import Rights
from llmviz.runs.store import Store

FULL, LEFT = 0.95, 0.9  # of the room: from the first on runs go, until they take less than the second


def sweep(store: Store, limits: Limits, watched: Choice) -> list[RunRef]:
    """Remove as many as there have to go, the one that was used longest ago first; those that are `watched` stay. Returns which went."""
    gone: list[RunRef] = []
    if not room.short(store.root, limits, FULL):
        return gone
    for run in _dispensable(store):
        if not watched(run):
            with suppress(ValueError, OSError):  # somebody trains it, or deletes it, at this moment
                store.drop(run)
                gone.append(run)
        room.taken.cache_clear()
        if not room.short(store.root, limits, LEFT):
            break
    return gone


def _dispensable(store: Store) -> Iterator[RunRef]:
    """The runs that nothing needs, the one that was used longest ago first."""
    runs, needed = store.runs(), set[str]()
    for run in runs:
        with suppress(ValueError):  # what cannot be read has no inputs
            needed |= {given.id for given in store.folder(run).spec().inputs.values()}
    rights = {run: Rights(store.folder(run).path) for run in runs}
    free = [run for run in runs if run.id not in needed and not rights[run].kept and not store.under_way(run)]
    yield from sorted(free, key=lambda run: rights[run].last_used)
