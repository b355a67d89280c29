"""What fine-tuning leaves of pretraining: how a fine-tuned run names the figures of the run it started from, measured again on its body."""

from collections.abc import Mapping
from typing import TypeVar

from llmviz.core import catalogue
from llmviz.core.experiment import Metric
from llmviz.core.spec import RunSpec

PREFIX = "pretraining_"

Figure = TypeVar("Figure")


def named(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """Figures of the pretraining, by the names that a run fine-tuned from it tells them under."""
    return {PREFIX + name: figure for name, figure in figures.items()}


def metrics(spec: RunSpec) -> dict[str, Metric]:
    """What a run of this spec may tell of its pretraining: the figures of the run it starts from, by the names it tells them under.

    None after a random start, nor after a checkpoint, of which nobody knows what it was trained for.
    """
    return named({metric.name: metric for metric in catalogue.experiment(spec.parent.stage).metrics}) if spec.parent else {}
