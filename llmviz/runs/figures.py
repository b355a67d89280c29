"""The test figures of runs over several seeds that came with the program: a page draws a band from them before this machine trained any."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from llmviz.core import spec as specs
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.update import Done
from llmviz.runs.engine import State
from llmviz.runs.folder import RunFolder, as_json, write

FILE = "figures.json"


def read(recordings: Path) -> list[Kept]:
    """All of them, without weights or curves; those of an older recipe, and a damaged file, are as if they were not there."""
    found = []
    for line in _lines(recordings):
        with suppress(ValueError, KeyError, TypeError):
            spec = specs.from_json(line["spec"])
            metrics = {str(name): float(value) for name, value in line["metrics"].items()}
            found.append(Kept(RunRef(spec.id, 0), spec, State.RECORDED, "", spec.train.steps, metrics, float(line["seconds"])))
    return found


def keep(recordings: Path, run: RunFolder) -> int:
    """Add those of a run, in place of earlier ones of the same settings; drop those of an older recipe. Returns how many there are.

    Raises ValueError for a run that is not done.
    """
    end = run.ending()
    if not isinstance(end, Done):
        raise ValueError("only the figures of a run that is done can be kept")
    spec = run.spec()
    lines = {kept.run.id: _line(kept) for kept in read(recordings)}
    lines[spec.id] = _line(Kept(RunRef(spec.id, 0), spec, State.RECORDED, metrics=end.metrics, seconds=end.seconds))
    write(recordings / FILE, as_json([lines[id] for id in sorted(lines)]))
    return len(lines)


def _line(kept: Kept) -> dict[str, Any]:
    assert kept.spec
    return {"spec": specs.to_json(kept.spec), "metrics": dict(kept.metrics), "seconds": kept.seconds}


def _lines(recordings: Path) -> list[Any]:
    try:
        written = json.loads((recordings / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    return written if isinstance(written, list) else []
