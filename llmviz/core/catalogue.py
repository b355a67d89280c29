"""The list of training stages, as data. Adding a stage adds one entry here, one file in `stages/` and one page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from llmviz.core.settings import MaskingSpec, TrainSpec


@dataclass(frozen=True)
class Metric:
    """A figure a stage reports: how to name it, its unit ("nats" or "%"), and which other metric bounds it."""

    name: str
    title: str
    unit: str
    bound: str = ""


@dataclass(frozen=True)
class Stage:
    """One way to train: where its code lives, what it may start from, what it measures, and its default recipe per text."""

    name: str
    title: str
    module: str
    recipe: int  # raised whenever the same spec would give other results
    parents: tuple[str | None, ...]  # stages it may start from; None is a random start
    objective: Any  # the default of RunSpec.objective
    metrics: tuple[Metric, ...]
    recipes: Mapping[str, TrainSpec] = field(default_factory=lambda: MappingProxyType({}))

    def train_defaults(self, text: str) -> TrainSpec:
        """The training settings this stage takes on a text where nothing else is said."""
        return self.recipes.get(text, TrainSpec())


MLM = Stage(
    name="mlm",
    title="Masked tokens",
    module="llmviz.stages.mlm",
    recipe=1,
    parents=(None, "mlm"),
    objective=MaskingSpec(),
    metrics=(
        Metric("loss", "loss on held-out text", "nats", bound="floor"),
        Metric("accuracy", "hidden words named", "%", bound="accuracy_ceiling"),
        Metric("facts", "capitals known", "%"),
        Metric("sounds", "animal sounds known", "%"),
    ),
    recipes=MappingProxyType({"sotu": TrainSpec(steps=2_000, context=64), "wiki": TrainSpec(steps=2_000, context=64)}),
)

STAGES: Mapping[str, Stage] = MappingProxyType({stage.name: stage for stage in (MLM,)})


def stage(name: str) -> Stage:
    """The entry of this name. Raises ValueError, naming what there is, for any other."""
    if name not in STAGES:
        raise ValueError(f"there is no stage {name!r}; there is {', '.join(STAGES)}")
    return STAGES[name]
