"""What stored runs have measured, by recipe: the runs of one recipe differ in their seeds alone. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from llmviz.core import catalogue, costs
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.experiment import FINE_TUNING, GPTS, LLAMAS, PRETRAINING, T5S
from llmviz.core.kept import Kept
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.rival import rival
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, restarted, seedless
from llmviz.core.study import Band, band

ENDED = ("done", "recorded")


@dataclass(frozen=True)
class Record:
    """What one run has measured.

    Attributes:
        spec: what was trained.
        metrics: its figures by name, on test data if `tested`, else on validation data.
        run: its name; None where its learning curve alone came with the program, and there is nothing to open.
        step: batches learnt.
    """

    spec: RunSpec
    metrics: Mapping[str, float]
    tested: bool
    run: RunRef | None = None
    step: int = 0


@dataclass(frozen=True)
class Recipe:
    """The runs of one recipe, by seed. Where some have ended, these alone; `spec` has seed 0 throughout."""

    spec: RunSpec
    records: tuple[Record, ...]

    @property
    def tested(self) -> bool:
        """Whether its figures are of test data."""
        return self.records[0].tested

    @property
    def opened(self) -> Record | None:
        """The one that a page opens: of the lowest seed whose weights are here."""
        return next((record for record in self.records if record.run), None)

    @property
    def noun(self) -> str:
        """What one of its runs is in a count: a seed, or where runs differ in the seeds of their parents a run."""
        return "seed" if len({record.spec.seed for record in self.records}) == len(self.records) else "run"

    def figures(self, metric: str) -> list[float]:
        """The metric of each seed that has it."""
        return [record.metrics[metric] for record in self.records if metric in record.metrics]

    def band(self, metric: str) -> Band | None:
        """Over the seeds."""
        return band(self.figures(metric))


def recipes(shelf: Iterable[Kept], came_with: Iterable[LearningCurve] = ()) -> list[Recipe]:
    """All recipes of which some run has measured something, one line of descent after the other."""
    best: dict[str, Record] = {}
    for record in (*_kept(shelf), *_curves(came_with)):
        before = best.get(record.spec.id)
        if before is None or _worth(record) > _worth(before):
            best[record.spec.id] = record
    found: dict[str, list[Record]] = {}
    for record in best.values():
        found.setdefault(seedless(record.spec).id, []).append(record)
    return descent([_recipe(records) for records in found.values()])


def _kept(shelf: Iterable[Kept]) -> Iterable[Record]:
    return (Record(kept.spec, kept.metrics, kept.state in ENDED, kept.run, kept.step) for kept in shelf if kept.spec and kept.metrics)


def _curves(came_with: Iterable[LearningCurve]) -> Iterable[Record]:
    return (Record(each.spec, each.metrics, True, step=each.spec.train.steps) for each in came_with if each.metrics)


def _worth(record: Record) -> tuple[bool, bool, int, int]:
    """Of two attempts at the same spec: the one that has ended, the one that can be opened, the one that is further, the newest."""
    return record.tested, record.run is not None, record.step, record.run.attempt if record.run else 0


def _recipe(records: Sequence[Record]) -> Recipe:
    ended = [record for record in records if record.tested]
    ordered = sorted(ended or records, key=lambda record: record.spec.seed)
    return Recipe(seedless(ordered[0].spec), tuple(ordered))


def descent(found: Sequence[Recipe]) -> list[Recipe]:
    """The same, each below the recipe it starts from, and one from scratch below the same that was pretrained.

    First those of the first experiment, on the first of its texts, with the fewest labels.
    """
    order = {name: place for place, name in enumerate(catalogue.BY_NAME)}

    def early(recipe: Recipe) -> tuple[int, int, int]:
        texts = catalogue.experiment(recipe.spec.stage).texts
        return order[recipe.spec.stage], texts.index(recipe.spec.text.name), costs.labels(recipe.spec)

    there = {recipe.spec.id for recipe in found}
    below: dict[str, list[Recipe]] = {}
    for recipe in sorted(found, key=early):
        above = _above(recipe.spec)
        below.setdefault(above if above in there else "", []).append(recipe)

    def walk(above: str) -> Iterable[Recipe]:
        for recipe in below.get(above, ()):
            yield recipe
            yield from walk(recipe.spec.id)

    return list(walk(""))


def _above(spec: RunSpec) -> str:
    """The id of the recipe that this one stands below; "" for a root."""
    if spec.parent:
        return spec.parent.id
    pretrained = rival(spec) if from_scratch(spec) else None
    return seedless(pretrained).id if pretrained else ""


def depth(recipe: Recipe, found: Sequence[Recipe]) -> int:
    """How many generations of those that are there it stands below the first; one from scratch stands beside the same pretrained."""
    by_id = {each.spec.id: each for each in found}
    if from_scratch(recipe.spec):
        pretrained = by_id.get(_above(recipe.spec))
        return depth(pretrained, found) if pretrained else 0
    parent = by_id.get(_above(recipe.spec))
    return 1 + depth(parent, found) if parent else 0


def children(recipe: Recipe, found: Iterable[Recipe]) -> list[Recipe]:
    """Those that start from this one."""
    return [each for each in found if each.spec.parent and each.spec.parent.id == recipe.spec.id]


def scratch(recipe: Recipe, found: Iterable[Recipe]) -> Recipe | None:
    """The same recipe from random weights."""
    if None not in catalogue.experiment(recipe.spec.stage).starts or recipe.spec.foreign:
        return None
    wanted = restarted(recipe.spec, None).id
    return next((each for each in found if each.spec.id == wanted), None)


def from_scratch(spec: RunSpec) -> bool:
    """Whether it learns a task for which others are pretrained, and starts from random weights."""
    return catalogue.experiment(spec.stage).phase == FINE_TUNING and spec.start is None


def colour(spec: RunSpec) -> str:
    """The phase whose colour its models have: "random" for what nobody pretrained."""
    return "random" if from_scratch(spec) else catalogue.experiment(spec.stage).colour


def family(spec: RunSpec) -> str:
    """BERT, GPT or T5, by its architecture."""
    architecture = spec.model.architecture
    return "GPT" if architecture in GPTS + LLAMAS else "T5" if architecture in T5S else "BERT"


def named(spec: RunSpec) -> str:
    """`BERT, pretrained: MLM`, `BERT, fine-tuned: Sentiment`, `BERT, from scratch: Sentiment`."""
    experiment = catalogue.experiment(spec.stage)
    if from_scratch(spec):
        stage = "from scratch"
    elif experiment.phase == PRETRAINING:
        stage = "pretrained on" if spec.start else "pretrained"
    else:
        stage = "fine-tuned"
    of = f" from {spec.start.title}" if isinstance(spec.start, Checkpoint) else ""
    return f"{family(spec)}, {stage}: {experiment.short}{of}"
