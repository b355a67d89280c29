"""Whose a visitor's own text is, and the runs that were made with it, in files beside it: `<home>/texts/<digest>/`."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from llmviz.core.home import home
from llmviz.core.owners import Owners
from llmviz.core.run import KEY, RunRef, parse

OWN = "own"  # what the files begin with that are a visitor's own
_NAMED = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True)
class OwnText:
    """The text of this digest: a table, choices, sentences or prose that somebody gave."""

    digest: str

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return home() / "texts" / self.digest

    @property
    def there(self) -> bool:
        """Whether it is kept here, as somebody's own."""
        return any(self.folder.glob(f"{OWN}*"))

    @property
    def owners(self) -> Owners:
        """Whose it is."""
        return Owners(self.folder / "readers")

    @property
    def runs(self) -> list[RunRef]:
        """The runs that were made with it: whoever may see one of them may read it."""
        try:
            keys = (self.folder / "runs").read_bytes().decode("ascii", "replace").split()
        except OSError:
            return []
        return [parse(key) for key in keys if KEY.fullmatch(key)]

    def give(self, viewer: str, new: bool) -> None:
        """This visitor gave it; if it is `new`, they alone."""
        if new:
            self.owners.begin(viewer)
        else:
            self.owners.add(viewer)

    def note(self, run: RunRef) -> None:
        """A run was made with it. On a full disk it is not noted, and nobody reads the text by it."""
        if run not in self.runs:
            with suppress(OSError), (self.folder / "runs").open("a") as file:
                file.write(f"{run.key}\n")


def named(value: object) -> Iterator[OwnText]:
    """The own texts kept here that a description of a run, or a question, names."""
    for digest in sorted({*_NAMED.findall(repr(value))}):
        if (text := OwnText(digest)).there:
            yield text
