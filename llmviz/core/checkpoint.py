"""A checkpoint as a value: weights that no run of this program made, or that have left it, named by what is in their files."""

import re
from dataclasses import dataclass, field
from pathlib import Path

DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Checkpoint:
    """A folder in the Hugging Face layout that a run may take as an input.

    `digest` is the SHA-256 over its files, 64 hexadecimal digits; `runs.checkpoints` computes it. `name` is for people alone: the same
    files under another name are the same checkpoint. Raises ValueError for a digest of any other form: it names a folder.
    """

    digest: str
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.digest, str) or not DIGEST.fullmatch(self.digest):
            raise ValueError(f"Checkpoint: the digest {self.digest!r} is not 64 hexadecimal digits")
        if not isinstance(self.name, str):
            raise ValueError(f"Checkpoint: the name {self.name!r} is not a text")

    @property
    def id(self) -> str:
        """What it adds to the identity of a run: its digest, as a run adds its id."""
        return self.digest

    @property
    def title(self) -> str:
        """What people read: its name, else the beginning of its digest."""
        return f"checkpoint {self.name or self.digest[:12]}"


def place(home: Path, digest: str) -> Path:
    """Where the folder of one is, whether or not there is one. Raises ValueError for what is no digest: it names a folder."""
    return home / "checkpoints" / Checkpoint(digest).digest
