"""A script that a page shows, run in its folder as `python script.py` would be, in this process: torch and the texts are read already."""

import runpy
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """What the script printed, and the sentence with which it ended early, if it did."""

    printed: str
    refused: str


def run(folder: Path) -> Ran:
    """Run the script in this folder. Raises what it raises."""
    printed = StringIO()
    with chdir(folder), redirect_stdout(printed):
        try:
            runpy.run_path("script.py", run_name="__main__")
        except SystemExit as end:
            return Ran(printed.getvalue(), str(end))
    return Ran(printed.getvalue(), "")
