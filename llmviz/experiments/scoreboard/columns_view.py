"""The columns of the scoreboard, a task or a probe each, from the facts of the experiments; and why a model has no figure in one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from llmviz.core import catalogue, forgetting
from llmviz.core.experiment import PRETRAINING, T5S, Experiment, Metric
from llmviz.core.spec import RunSpec
from llmviz.core.study import Band, band
from llmviz.views.records import Recipe

WORDS = "words"  # the head that names words: every pretrained model has it, and a T5 keeps it, for all its tasks are text to text
OTHER, NO_HEAD, NOT_ASKED = "other kind", "no head", "not asked"
REASONS = {
    NO_HEAD: "the model has no head for it: one for labels comes with fine-tuning, and takes the place of the one for words",
    OTHER: "models of this architecture are not trained for it here",
    NOT_ASKED: "it could answer, but its training measures no such figure",
}


@dataclass(frozen=True)
class Column:
    """One figure: of a task, as its `experiment` measures it, or a probe, which several `experiments` measure alike."""

    name: str
    metric: Metric
    experiments: tuple[Experiment, ...]

    @property
    def key(self) -> str:
        """As addresses spell it."""
        return self.metric.name if self.metric.probe else self.experiments[0].name

    @property
    def about(self) -> str:
        """What it is."""
        if self.metric.probe:
            return f"{self.metric.title}: a probe, which no model is trained on"
        return f"{self.experiments[0].title}: {self.metric.title}. {self.metric.help}"

    def recipes(self, found: Sequence[Recipe]) -> list[Recipe]:
        """Those that have this figure."""
        stages = {each.name for each in self.experiments}
        return [recipe for recipe in found if recipe.spec.stage in stages and recipe.figures(self.metric.name)]

    def figure(self, recipe: Recipe) -> Band | None:
        """That of a recipe over its seeds; of a fine-tuned one a probe put to it under its old head. None where it has none."""
        return recipe.band(self.metric.name) if self.recipes([recipe]) else self.left(recipe)

    def left(self, recipe: Recipe) -> Band | None:
        """What fine-tuning has left of a probe, measured under the head the model had before; None where it was not."""
        return recipe.band(forgetting.PREFIX + self.metric.name) if self.metric.probe else None

    def best(self, found: Sequence[Recipe]) -> Band | None:
        """The best possible, as these runs tell it."""
        return self._told(found, self.metric.bound)

    def bounded(self, found: Sequence[Recipe]) -> bool:
        """Whether all of these that have the figure tell the best possible: of real text nobody knows it."""
        return all(recipe.figures(self.metric.bound) for recipe in self.recipes(found))

    def chance(self, found: Sequence[Recipe]) -> Band | None:
        """What guessing comes to: as the way of asking decides it, or as these runs tell it."""
        return band([self.metric.chance]) if self.metric.chance is not None else self._told(found, "chance")

    def without(self, found: Sequence[Recipe]) -> tuple[str, Band] | None:
        """The best of those that are no models, besides chance: what it is called, and what it comes to."""
        bounds = {metric.bound for each in self.experiments for metric in each.metrics}
        told = {
            name: self._told(found, key)
            for each in self._tasks
            for key, (name, _) in each.baselines.items()
            if key not in (*bounds, "chance")
        }
        known = [(name, each) for name, each in told.items() if each]
        return max(known, key=lambda each: each[1].median, default=None)

    @property
    def _tasks(self) -> tuple[Experiment, ...]:
        return () if self.metric.probe else self.experiments

    def _told(self, found: Sequence[Recipe], name: str) -> Band | None:
        return band([value for recipe in self.recipes(found) for value in recipe.figures(name)]) if name else None

    def reason(self, spec: RunSpec) -> str:
        """Why a model of this recipe has no such figure, as one of `REASONS`."""
        if not any(spec.model.architecture in each.architectures for each in self.experiments):
            return OTHER
        heads = {_head(each) for each in self.experiments}
        own = _head(catalogue.experiment(spec.stage))
        return NOT_ASKED if own in heads else NO_HEAD


def _head(experiment: Experiment) -> str:
    """The head of the models that an experiment trains."""
    texts = set(experiment.architectures) <= set(T5S)
    return WORDS if experiment.phase == PRETRAINING or texts else experiment.name


def columns(found: Sequence[Recipe]) -> list[Column]:
    """All of which these runs have a figure: tasks of pretraining, probes, all other tasks."""
    return [column for column in every() if column.recipes(found)]


def every() -> Iterator[Column]:
    """All that the experiments measure, whether or not a run has."""
    yield from (_task(each) for each in catalogue.BY_NAME.values() if each.phase == PRETRAINING)
    probes: dict[str, list[tuple[Experiment, Metric]]] = {}
    for experiment in catalogue.BY_NAME.values():
        for metric in experiment.metrics:
            if metric.probe:
                probes.setdefault(metric.name, []).append((experiment, metric))
    for name, told in probes.items():
        yield Column(name, told[0][1], tuple(experiment for experiment, _ in told))
    yield from (_task(each) for each in catalogue.BY_NAME.values() if each.phase != PRETRAINING and labelled(each))


def labelled(experiment: Experiment) -> bool:
    """Whether what it reports is held against labels or the text itself. Replies are held against rules and tastes, on their own pages."""
    return experiment.label_kind not in ("reply", "choice")


def _task(experiment: Experiment) -> Column:
    return Column(experiment.short, experiment.telling[0], (experiment,))
