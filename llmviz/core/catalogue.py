"""The experiments by name, for whoever has a run's description and needs the facts of its kind."""

from collections.abc import Mapping
from types import MappingProxyType

from llmviz.core.experiment import Experiment
from llmviz.experiments import EXPERIMENTS

BY_NAME: Mapping[str, Experiment] = MappingProxyType({each.name: each for each in EXPERIMENTS})


def experiment(name: str) -> Experiment:
    """The experiment of this name. Raises ValueError, naming what there is, for any other."""
    if name not in BY_NAME:
        raise ValueError(f"there is no stage {name!r}; there is {', '.join(BY_NAME)}")
    return BY_NAME[name]


def origins(experiment: Experiment, text: str) -> tuple[str | None, ...]:
    """What a run of it may start from on this text: experiments that read it, and None for a random start where it may."""
    return tuple(name for name in experiment.starts if name is None or text in BY_NAME[name].texts)
