"""Take a run out of the program: final weights that `from_pretrained` reads, in single precision, and its history for a spreadsheet."""

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from llmviz.core import low_rank, spreadsheet
from llmviz.core import spec as specs
from llmviz.core import update as updates
from llmviz.core.eight_bits import widened
from llmviz.core.update import Done, Score, Step, Update
from llmviz.runs import tail
from llmviz.runs.folder import RunFolder, as_json

WEIGHTS = "model.safetensors"
PRECISION = "Its weights are kept in half precision (float16), of which these are the numbers; the file holds them in single precision."


def export(run: RunFolder, to: Path) -> Path:
    """Write the newest snapshot, history.csv (step, name, value), history.json and spec.json into a new or empty folder.

    Raises ValueError where the folder holds something already or the run has no snapshot yet.
    """
    spec = run.spec()
    _check_empty(to)
    steps = run.snapshots()
    if not steps:
        raise ValueError("this run has no snapshot yet")
    shutil.copytree(run.snapshot(steps[-1]), to, dirs_exist_ok=True)
    for shared in run.shared:  # the tokenizer too: whoever opens the folder has no other
        shutil.copyfile(shared, to / shared.name)
    if low_rank.is_beside(to):
        save_file(low_rank.whole(to), to / WEIGHTS, {"format": "pt"})
        (to / low_rank.FILE).unlink()
    widen(to / WEIGHTS)
    said = tail.updates(run.updates)
    (to / "spec.json").write_bytes(as_json(specs.to_json(spec)))
    (to / "history.json").write_text(json.dumps([updates.to_json(update) for update in said], ensure_ascii=False), encoding="utf-8")
    (to / "history.csv").write_bytes(spreadsheet.as_csv([("step", "name", "value"), *_figures(said)]).encode())
    return to


def _figures(said: Iterable[Update]) -> Iterator[tuple[int, str, float]]:
    """Every loss and metric, with the step after which it was measured."""
    for update in said:
        if isinstance(update, Step):
            yield update.step, "batch loss", update.loss
        elif isinstance(update, Score | Done):
            suffix = " (test)" if isinstance(update, Done) else ""
            yield from ((update.step, name + suffix, value) for name, value in update.metrics.items())


def export_checkpoint(kept: Path, to: Path) -> None:
    """Copy the files of a checkpoint into a new or empty folder. Raises ValueError where it holds something already."""
    _check_empty(to)
    shutil.copytree(kept, to, dirs_exist_ok=True)


def _check_empty(to: Path) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise ValueError(f"{to} exists already and is not an empty folder")


def widen(file: Path) -> None:
    """Write the half-precision tensors of a safetensors file in single precision: in half, transformers would also compute so, and a
    logit would be up to 0.007 off.
    """
    with safe_open(file, framework="numpy") as opened:
        about = opened.metadata()
    kept = widened(load_file(file))
    tensors = {name: tensor.astype(np.float32) if tensor.dtype == np.float16 else tensor for name, tensor in kept.items()}
    save_file(tensors, file, about)
