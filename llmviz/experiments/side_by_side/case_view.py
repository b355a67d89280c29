"""The runs that the page holds against each other: one pretrained root, one task it was carried into, and the same task from scratch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from llmviz.core import catalogue, costs, forgetting
from llmviz.core.experiment import FINE_TUNING, PRETRAINING, Experiment, Metric
from llmviz.core.history import Curve, History
from llmviz.core.spec import RunSpec
from llmviz.parts.table.payload import Bit
from llmviz.views import records, words
from llmviz.views.records import Recipe
from llmviz.views.tables import opening


@dataclass(frozen=True)
class Run:
    """One of them: its recipe, and all that the run of it has said which its links open, where more than its last figures are asked for."""

    recipe: Recipe
    history: History = History()

    @property
    def spec(self) -> RunSpec:
        """What that run trains."""
        record = self.recipe.opened
        return record.spec if record else self.recipe.spec

    @property
    def experiment(self) -> Experiment:
        """The experiment it is a run of."""
        return catalogue.experiment(self.recipe.spec.stage)

    @property
    def headline(self) -> Metric:
        """The figure that stands for it."""
        return self.experiment.telling[0]

    def figure(self, metric: str) -> float | None:
        """One of its figures: on test data where it has ended, else on validation data."""
        record = self.recipe.opened
        return record.metrics.get(metric) if record else None

    def said(self, metric: Metric) -> str:
        """The same as one says it; `no figure yet` where there is none."""
        value = self.figure(metric.name)
        return "no figure yet" if value is None else words.measured(value, metric.unit)

    @property
    def probes(self) -> list[Metric]:
        """The probes it was asked."""
        return [metric for metric in self.experiment.metrics if metric.probe and self.figure(metric.name) is not None]

    @property
    def left(self) -> list[Metric]:
        """The probes of its pretraining that it was asked again, under the head it had then."""
        found = forgetting.metrics(self.spec).items()
        return [replace(metric, name=name) for name, metric in found if metric.probe and self.figure(name) is not None]

    @property
    def validated(self) -> Curve:
        """Its headline figure on validation data over the steps."""
        return self.history.scores.get(self.headline.name, Curve())

    @property
    def flops(self) -> float | None:
        """Of all its steps."""
        cost = costs.of_history(self.spec, self.history)
        return cost.flops if cost else None

    @property
    def parameters(self) -> int:
        """Those that training moves; 0 before it tells."""
        return self.history.begin.parameters if self.history.begin else 0

    @property
    def labels(self) -> int:
        """Labelled examples it learns from; 0 where the text itself is the answer."""
        return costs.labels(self.spec)

    def link(self, text: str) -> Bit:
        """The text, which opens it."""
        return opening(text, self.recipe)


@dataclass(frozen=True)
class Case:
    """The root, the `task`, the run that carries the root into it and the same from scratch, as far as they are there.

    `texts` is how many different texts the root drew from, None where this machine has not prepared them; `found` are all recipes.
    """

    root: Run
    task: Experiment | None
    tuned: Run | None
    scratch: Run | None
    texts: int | None
    found: Sequence[Recipe]

    @property
    def children(self) -> list[Recipe]:
        """What the root was carried into: of each task the recipe of its page, or the first that can be opened."""
        each = (tuned(self.root.recipe, task, self.found) for task in tasks(self.root.recipe))
        return [recipe for recipe in each if recipe]


def roots(found: Sequence[Recipe]) -> list[Recipe]:
    """The pretrained models that can be opened."""
    return [recipe for recipe in found if catalogue.experiment(recipe.spec.stage).phase == PRETRAINING and recipe.opened]


def tasks(root: Recipe) -> list[Experiment]:
    """The tasks that a run of this root can be carried into."""
    return [
        each
        for each in catalogue.BY_NAME.values()
        if each.phase == FINE_TUNING and root.spec.stage in each.starts and root.spec.text.name in each.texts
    ]


def tuned(root: Recipe, task: Experiment, found: Sequence[Recipe]) -> Recipe | None:
    """The recipe that carries the root into the task: that of the task's page, else the first that can be opened."""
    there = [recipe for recipe in records.children(root, found) if recipe.spec.stage == task.name and recipe.opened]
    usual = [recipe for recipe in there if recipe.spec == RunSpec(task.name, recipe.spec.inputs, recipe.spec.text)]
    return next(iter([*usual, *there]), None)
