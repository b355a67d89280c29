"""Whose a run is and who may see it where strangers come, in files of the run's folder that no zip takes along.

It is listed for its owners and for teachers, and for everybody where it is public or, as all from before there were owners, everybody's.
A run that is shared can be seen by whoever has its link. One that is pinned is not swept.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from llmviz.core.owners import Owners, teaches

FILE, USED = "owner", "used"
SHARED, PUBLIC, PINNED = MARKS = ("shared", "public", "pinned")
OF_A_TEACHER = (PUBLIC, PINNED)
FOR_TEACHERS = "only a teacher makes a run public, or keeps it from being swept"
REFUSED = "somebody else trained or imported this run; only they, and whoever runs this server, may {} it"
NOT_SHARED = "it is another visitor's, who has not shared it"


@dataclass(frozen=True)
class Rights:
    """Those of one run, whose folder this is. A recording is everybody's, whatever lies there."""

    folder: Path
    recorded: bool = False

    @property
    def owners(self) -> Owners:
        """Whose it is."""
        return Owners(self.folder / FILE)

    def has(self, mark: str) -> bool:
        """Whether it has this one of the MARKS."""
        return (self.folder / mark).is_file()

    def mark(self, mark: str, on: bool) -> None:
        """Let it have this one of the MARKS, or not. Raises ValueError where the disk is full."""
        file = self.folder / mark
        try:
            file.touch() if on else file.unlink(missing_ok=True)
        except OSError as problem:
            raise ValueError("this cannot be noted in the folder of the run; is the disk full?") from problem

    @property
    def kept(self) -> bool:
        """Whether a teacher wants it kept."""
        return self.has(PUBLIC) or self.has(PINNED)

    def lists(self, viewer: str) -> bool:
        """Whether this visitor finds it in lists, and on pages that open on the newest run."""
        return self.recorded or self.owners.have(viewer) or self.has(PUBLIC) or teaches(viewer)

    def shows(self, viewer: str) -> bool:
        """Whether this visitor may see it by its link."""
        return self.lists(viewer) or self.has(SHARED)

    def may_change(self, viewer: str) -> bool:
        """Whether this visitor may delete, thin out or share it."""
        return self.owners.have(viewer) or teaches(viewer)

    def used(self) -> None:
        """Somebody looks at it now."""
        with suppress(OSError):
            (self.folder / USED).touch()

    @property
    def last_used(self) -> float:
        """When it was last looked at or trained, by the clock of files."""
        times = [self.folder]
        times += [self.folder / name for name in (USED, "updates.jsonl")]
        return max((file.stat().st_mtime for file in times if file.exists()), default=0.0)
