"""From the description of a run to the stage that trains it."""

import importlib
from pathlib import Path
from typing import Any

from llmviz.core import catalogue
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.spec import RunSpec
from llmviz.training import checkpoints
from llmviz.training.stage import Stage


def build(spec: RunSpec, parent: Path | None) -> Stage[Any]:
    """The stage a spec describes, ready to train. `parent` is the folder of the weights it starts from; None is a random start.

    Raises ValueError, in a sentence, where those are not of the model that the spec describes.
    """
    if parent and isinstance(spec.start, Checkpoint):
        checkpoints.check(spec, spec.start, parent)
    stage: Stage[Any] = importlib.import_module(catalogue.experiment(spec.stage).module).build(spec, parent)
    return stage


def warm() -> None:
    """Load and keep what a first run needs, so that training begins at once when somebody asks for it."""
    stage = build(RunSpec("mlm"), None)
    stage.loss(stage.batch(1)).backward()  # the first pass of a process takes ten times as long as the second
    stage.evaluate()
