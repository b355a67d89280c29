"""Whose a run is: a digest of the name of the browser that began or imported it, in a file of the run's folder that no zip takes along.

A run without one, as all from before there was any, belongs to everybody.
"""

import hashlib
from contextlib import suppress

from llmviz.runs.folder import RunFolder, write

FILE = "owner"
REFUSED = "somebody else trained or imported this run; only they, and whoever runs this server, may {} it"


def belongs(folder: RunFolder, viewer: str) -> None:
    """From now on the run is this viewer's. On a full disk it is everybody's."""
    with suppress(OSError):
        write(folder.path / FILE, _digest(viewer))


def others(folder: RunFolder, viewer: str) -> bool:
    """Whether the run is somebody's, and not this viewer's."""
    try:
        return (folder.path / FILE).read_bytes() != _digest(viewer)
    except FileNotFoundError:
        return False


def _digest(viewer: str) -> bytes:
    """Of the name, which itself must not be read in a folder, for who has it steers. It has 128 random bits: nobody finds it by trying."""
    return hashlib.sha256(b"llmviz owner " + viewer.encode()).hexdigest().encode() + b"\n"
