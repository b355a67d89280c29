"""How runs over several seeds went, as it came with the program: a page draws a band from them before this machine trained any."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from llmviz.core import spec as specs
from llmviz.core.learning_curve import LearningCurve, learning_curve
from llmviz.core.update import Done
from llmviz.runs import tail
from llmviz.runs.folder import RunFolder, write

FILE = "learning_curves.json"
DIGITS = 4  # of a metric on a curve: more than a chart shows
FIGURES = 6  # significant ones of a figure on test data


def read(recordings: Path) -> list[LearningCurve]:
    """All of them; those of an older recipe, and a damaged file, are as if they were not there."""
    found = []
    for line in _lines(recordings):
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            scores = {str(name): tuple(float(value) for value in values) for name, values in line["scores"].items()}
            steps, tokens = (tuple(int(count) for count in line[name]) for name in ("steps", "tokens"))
            if {len(tokens), *map(len, scores.values())} != {len(steps)}:
                continue
            references, metrics = ({str(name): float(value) for name, value in line[part].items()} for part in ("references", "metrics"))
            spec, seconds, parameters = specs.from_json(line["spec"]), float(line["seconds"]), int(line.get("parameters", 0))
            found.append(LearningCurve(spec, steps, tokens, scores, references, metrics, seconds, parameters))
    return found


def keep(recordings: Path, run: RunFolder) -> int:
    """Add that of a run, in place of an earlier one of the same settings; drop those of an older recipe. Returns how many there are.

    Raises ValueError for a run that is not done.
    """
    history = tail.look(run.updates, tail.Reached()).history
    if not isinstance(history.end, Done):
        raise ValueError("only the learning curve of a run that is done can be kept")
    kept = {each.spec.id: each for each in read(recordings)}
    made = learning_curve(run.spec(), history)
    kept[made.spec.id] = made
    lines = ",\n".join(json.dumps(_line(kept[id]), sort_keys=True, separators=(",", ":")) for id in sorted(kept))  # one a line
    write(recordings / FILE, f"[\n{lines}\n]\n".encode())
    return len(kept)


def _line(kept: LearningCurve) -> dict[str, Any]:
    return {
        "spec": specs.brief(kept.spec),
        "steps": kept.steps,
        "tokens": kept.tokens,
        "scores": {name: [round(value, DIGITS) for value in values] for name, values in kept.scores.items()},
        "references": _figures(kept.references),
        "metrics": _figures(kept.metrics),
        "seconds": round(kept.seconds, 1),
        "parameters": kept.parameters,
    }


def _figures(metrics: Mapping[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.{FIGURES}g}") for name, value in metrics.items()}


def _lines(recordings: Path) -> list[Any]:
    try:
        written = json.loads((recordings / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    return written if isinstance(written, list) else []
