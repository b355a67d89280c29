"""llmviz: train tiny transformers live and see everything that happens inside.

from llmviz import RunSpec, train

for update in train(RunSpec("mlm")):
    print(update)
"""

from pathlib import Path
from typing import TYPE_CHECKING

from llmviz.core.spec import RunSpec

if TYPE_CHECKING:
    from llmviz.runs.attempt import Attempt

__all__ = ["RunSpec", "train"]


def train(spec: RunSpec, home: Path | None = None) -> "Attempt":
    """Train in this process: an iterator over the updates. Its `run`, `folder` and `snapshot` say what it leaves.

    Raises ValueError where another program trains this spec already.
    """
    from llmviz.runs import worker  # only who trains waits for torch

    return worker.train(spec, home)
