"""Whose something is: digests of the names of visitors, a line each, in one file. Without the file it is everybody's.

With an empty file it is nobody's any more.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TEACHER = "teacher "  # what the name of a visitor begins with who gave the teacher's key; a browser's own name has no space


def teaches(viewer: str) -> bool:
    """Whether this visitor gave the teacher's key."""
    return viewer.startswith(TEACHER)


@dataclass(frozen=True)
class Owners:
    """Those whom this file names."""

    file: Path

    @property
    def digests(self) -> frozenset[str] | None:
        """Of the names of all of them; None where it is everybody's."""
        try:
            return frozenset(self.file.read_bytes().decode("ascii", "replace").split())
        except OSError:
            return None

    def have(self, viewer: str) -> bool:
        """Whether it is this visitor's, or everybody's."""
        return (found := self.digests) is None or digest(viewer) in found

    def name(self, viewer: str) -> bool:
        """Whether it is this visitor's by name."""
        return digest(viewer) in (self.digests or frozenset())

    def others(self, viewer: str) -> bool:
        """Whether it is somebody else's too."""
        return bool((self.digests or frozenset()) - {digest(viewer)})

    def begin(self, viewer: str) -> None:
        """From now on it is this visitor's alone. On a full disk it stays everybody's."""
        self._write([digest(viewer)])

    def add(self, viewer: str) -> None:
        """It is this visitor's too; what is everybody's stays so."""
        self.join([digest(viewer)])

    def join(self, digests: Iterable[str]) -> None:
        """It is also those visitors'; what is everybody's stays so."""
        if (found := self.digests) is not None and (more := found | {*digests}) != found:
            self._write(more)

    def remove(self, viewer: str) -> None:
        """It is no longer this visitor's."""
        if found := self.digests:
            self._write(found - {digest(viewer)})

    def _write(self, digests: Iterable[str]) -> None:
        draft = self.file.with_name(f".{self.file.name}")
        with suppress(OSError):
            draft.write_bytes("".join(f"{each}\n" for each in sorted(digests)).encode())
            draft.replace(self.file)


def digest(viewer: str) -> str:
    """Of a name, which itself must not be read in a folder, for who has it steers. It has 128 random bits: nobody finds it by trying.

    Whoever becomes a teacher keeps what was theirs before.
    """
    return hashlib.sha256(b"llmviz owner " + viewer.removeprefix(TEACHER).encode()).hexdigest()
