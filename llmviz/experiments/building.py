"""From the description of a run to the stage that trains it."""

import importlib
from pathlib import Path
from typing import Any

from llmviz.core import catalogue
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.spec import RunSpec
from llmviz.training import checkpoints
from llmviz.training.stage import Stage


def build(spec: RunSpec, parent: Path | None, **others: Path) -> Stage[Any]:
    """The stage a spec describes, ready to train. `parent` is the folder of the weights it starts from, None is a random start; `others`
    are by role the folders of those that play its other roles.

    Raises ValueError, in a sentence, where what it starts from is not of the model that the spec describes. What else a role asks of its
    weights the stage knows.
    """
    if parent and isinstance(spec.start, Checkpoint):
        checkpoints.check(spec, spec.start, parent)
    stage: Stage[Any] = importlib.import_module(catalogue.experiment(spec.stage).module).build(spec, parent, **others)
    return stage


def warm() -> None:
    """Load and keep what a first run needs, so that training begins at once when somebody asks for it."""
    stage = build(RunSpec("mlm"), None)
    stage.loss(stage.batch(1)).backward()  # the first pass of a process takes ten times as long as the second
    stage.evaluate()
