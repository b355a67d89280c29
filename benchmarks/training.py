"""How long a default run trains and what it learns, through the command line: the way a student's script would see it."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bar import Bar

SEEDS = (100, 101, 102, 103, 104)  # recipes are tuned on other seeds
LONGEST = 300.0  # seconds for one run with its start


def bars(seeds: int, home: Path) -> Iterator[Bar]:
    """Medians over the seeds, on test data."""
    runs = [_train(seed, home) for seed in SEEDS[:seeds]]
    about = f"median of {seeds} seeds, test data" if seeds > 1 else f"seed {SEEDS[0]}, test data"

    def median(name: str) -> float:
        return float(statistics.median(run["metrics"][name] for run in runs))

    yield Bar("train mlm: seconds of training", statistics.median(run["seconds"] for run in runs), "s", most=30, note=about)
    yield Bar("train mlm: facts", median("facts"), "%", least=0.95, note=about)
    yield Bar("train mlm: sounds", median("sounds"), "%", least=0.95, note=about)
    yield Bar("train mlm: loss", median("loss"), "nats", note=f"floor {median('floor'):.2f}")
    yield Bar("train mlm: accuracy", median("accuracy"), "%", note=f"ceiling {100 * median('accuracy_ceiling'):.1f} %")


def _train(seed: int, home: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "llmviz", "train", "mlm", "--seed", str(seed), "--json"]
    answer = subprocess.run(command, env=os.environ | {"LLMVIZ_HOME": str(home)}, capture_output=True, text=True, timeout=LONGEST)
    last: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1]) if answer.stdout else {}
    if last.get("type") != "done":
        raise RuntimeError(f"`{' '.join(command[1:])}` did not end well: {last or answer.stderr[-500:]}")
    return last
