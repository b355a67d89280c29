"""All that is a visitor's own goes: their runs, but those that others have too, and their studies. What stays is no longer theirs."""

from contextlib import suppress
from dataclasses import dataclass

from llmviz.core.run import RunRef
from llmviz.runs.engine import UNDER_WAY, Engine
from llmviz.runs.ownership import SHARED
from llmviz.runs.studies import Studies


@dataclass(frozen=True)
class Owned:
    """What there is of a visitor: runs that go, runs that stay with others or that a teacher keeps, and those that train or wait."""

    goes: tuple[RunRef, ...]
    stays: tuple[RunRef, ...]
    under_way: tuple[RunRef, ...]


def owned(engine: Engine, viewer: str) -> Owned:
    """The runs of this visitor."""
    runs = engine.owned(viewer)
    rights = {run: engine.rights(run) for run in runs}
    stays = tuple(run for run in runs if rights[run].owners.others(viewer) or rights[run].kept)
    goes = tuple(run for run in runs if run not in stays)
    return Owned(goes, stays, tuple(run for run in goes if engine.status(run, viewer).state in UNDER_WAY))


def forget(engine: Engine, studies: Studies, viewer: str) -> int:
    """Delete what goes, each run after those that are made from it, and let go what stays.

    Returns how many runs could not be deleted: others come from them, or somebody looks at them just now. They are nobody's then, and
    nobody finds them but a teacher.
    """
    found = owned(engine, viewer)
    for study, _ in studies.listed(viewer):
        with suppress(ValueError):  # it trains; its runs are under way, which is said before
            studies.delete(study, viewer)
    for run in found.stays:
        engine.rights(run).owners.remove(viewer)
    left = list(found.goes)
    while gone := [run for run in left if _deleted(engine, run, viewer)]:
        left = [run for run in left if run not in gone]
    for run in left:
        engine.rights(run).mark(SHARED, False)
        engine.rights(run).owners.remove(viewer)
    return len(left)


def _deleted(engine: Engine, run: RunRef, viewer: str) -> bool:
    try:
        engine.delete(run, viewer)
    except ValueError:
        return False
    return True
