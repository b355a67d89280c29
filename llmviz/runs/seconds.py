"""How long the default runs take: measured on one machine, and told for another by how long a batch of the first takes there.

`python -m llmviz record-seconds` trains each for some seconds and keeps what the whole would take with the program. A recording's own
seconds say less: each was made on whatever machine, with whatever beside it, and its rate was not noted.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmviz.core.catalogue import BY_NAME
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.runs.folder import as_json, write
from llmviz.runs.process import environment
from llmviz.runs.rate import Rate
from llmviz.runs.recordings import HERE

FILE = HERE / "seconds.json"
TRIED = "mlm-tinyland"  # the run that `check` trains for three seconds
PATIENCE = 600.0  # seconds for one measurement; texts may have to be prepared first


@dataclass(frozen=True)
class Timed:
    """A default run, the seconds it takes, and at which rate (GFLOP/s) that was measured."""

    spec: RunSpec
    seconds: float
    gflops: float

    def at(self, gflops: float) -> "Timed":
        """The same at this rate, of the same machine."""
        return Timed(self.spec, self.seconds * self.gflops / gflops, gflops)


def defaults() -> dict[str, RunSpec]:
    """Each experiment's run as its page opens it, on each text of which a recording comes with the program; of others on the first."""
    return {
        f"{stage.name}-{text}": preset(stage.name, TextSpec(text))
        for stage in BY_NAME.values()
        for text in stage.recorded_texts or (preset(stage.name).text.name,)
    }


def kept(file: Path = FILE) -> dict[str, Timed]:
    """What was measured of those that are still the default."""
    measured = json.loads(file.read_text(encoding="utf-8"))
    return {
        name: Timed(spec, measured[name]["seconds"], measured[name]["gflops"])
        for name, spec in defaults().items()
        if name in measured and measured[name]["run"] == spec.id
    }


def slower(rate: Rate, gflops: float, file: Path = FILE) -> float:
    """How many times as long the run that was tried takes here as where, at that rate (GFLOP/s), the others were measured.

    By the training itself: some processors multiply large matrices a hundred times as fast as small ones, and are no faster for that here.
    """
    return rate.whole / kept(file)[TRIED].at(gflops).seconds


def here(rate: Rate, file: Path = FILE) -> Iterator[Timed]:
    """The default runs, with the seconds they take on this machine."""
    measured = kept(file)
    at = measured[TRIED].gflops
    for timed in measured.values():
        yield Timed(timed.spec, timed.at(at).seconds * slower(rate, at, file), rate.gflops)


def record(seconds: float, file: Path = FILE, missing: bool = False) -> Iterator[Timed]:
    """Measure all of them for so many seconds each, or those that are `missing`, and keep it."""
    there = kept(file) if missing else {}
    measured: dict[str, Any] = {name: json.loads(file.read_text(encoding="utf-8"))[name] for name in there}
    for name, spec in defaults().items():
        if name in there:
            continue
        rate = trained(spec, seconds)
        measured[name] = {"run": spec.id, "seconds": round(rate.whole, 2), "gflops": round(rate.gflops, 1)}
        yield Timed(spec, rate.whole, rate.gflops)
    write(file, as_json(measured))


def trained(spec: RunSpec, seconds: float) -> Rate:
    """Train it for some seconds in a process of its own. Raises ValueError, in a sentence, where that fails."""
    command = [sys.executable, "-m", "llmviz.runs.rate", spec.stage, spec.text.name, str(seconds)]
    try:
        told = subprocess.run(command, env=environment(), capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise ValueError(f"{seconds:g} seconds of training were not done after {PATIENCE:g}") from None
    if told.returncode:
        raise ValueError(told.stderr.strip().splitlines()[-1] if told.stderr.strip() else f"it ended with status {told.returncode}")
    return Rate(**json.loads(told.stdout.splitlines()[-1]))
