"""The lecture's table of differences: pretraining and fine-tuning in columns, in each cell what their runs have measured. Pure."""

from collections.abc import Mapping, Sequence

from llmviz.core import catalogue
from llmviz.core.experiment import PRETRAINING, T5S, Metric
from llmviz.core.settings import SIZES
from llmviz.core.texts import TEXTS
from llmviz.experiments.side_by_side.case_view import Case, Run
from llmviz.parts.table.payload import Bit, Cell, Table
from llmviz.views import records, tables, words
from llmviz.views.methods import billions
from llmviz.views.records import Recipe
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.tables import bit, cell, opening

WITHHELD = "Guess above first: then this shows."
UNPREPARED = "How many different texts these were is counted here once this machine has prepared them: open the run, and one step of it."
NO_RUN = cell("No run yet: the first row says what to do.", faint=True)
UNCOUNTED = "FLOPs are not counted for this kind of model yet"
STANDS_FOR = {  # what models of each family here stand for
    "BERT": "It stands for BERT base, 110 million parameters (Devlin et al. 2019, section 3).",
    "GPT": "It stands for GPT-3, 175 billion parameters (Brown et al. 2020, table 2.1).",
    "T5": "It stands for T5 base, 220 million parameters (Raffel et al. 2020, section 3.1.1).",
}


def table(case: Case, visit: int = 0, withheld: bool = False) -> Table:
    """The payload. What answers the page's question may be `withheld`."""
    hidden, run = cell(WITHHELD, faint=True), case.tuned
    rows = {
        "task": [_task(case.root), _task(run) if run else missing(case)],
        "data": [_read(case), _learnt(run) if run else NO_RUN],
        "goal": [_general(case), _particular(run) if run else NO_RUN],
        "example models": [_models(case), _body(run) if run else NO_RUN],
        "cost": [_cost(case.root), _cheap(case, run) if run else NO_RUN],
        "flexibility": [cell(*carried(case)), _narrow(case, run) if run else NO_RUN],
    }
    if withheld:
        rows |= {"data": [hidden, hidden], "cost": [hidden, hidden]}
    return prose("Pretraining and fine-tuning, row by row", ("pretraining", "fine-tuning"), rows, visit)


def prose(label: str, columns: Sequence[str], rows: Mapping[str, Sequence[Cell]], visit: int) -> Table:
    """A table of sentences: of each row its name, and a cell for each column."""
    lines = [tables.row(name, cells) for name, cells in rows.items()]
    return tables.table(label, "", [(name, "") for name in columns], lines, visit, prose=True)


def missing(case: Case) -> Cell:
    """That the root was not carried into the task, and what to do."""
    if case.task is None:
        return cell("No task here starts from this model yet; choose another one above.", faint=True)
    page = bit(f"the page of {case.task.short}", case.task.lesson.page)
    return cell("Not fine-tuned from this model yet. On ", page, " choose it under “Starts from”, and press Train live.", faint=True)


def _task(run: Run) -> Cell:
    experiment = run.experiment
    name = experiment.title if experiment.phase == PRETRAINING else experiment.short
    return cell(run.link(name), f": {experiment.exercise}{'' if experiment.exercise.endswith('?') else '.'}")


def _read(case: Case) -> Cell:
    root, train = case.root, case.root.spec.train
    draws = train.steps * train.batch_size
    read = root.link(f"{words.counted(root.history.tokens, 'token')} read")
    return cell(read, f", in {draws:,} texts drawn; no labels.", more=[different(case)])


def different(case: Case) -> str:
    """How many different texts the root drew from."""
    text = TEXTS[case.root.spec.text.name].title
    return UNPREPARED if case.texts is None else f"{words.counted(case.texts, 'different text')} of {text} to draw from."


def _learnt(run: Run) -> Cell:
    train, labels = run.spec.train, run.labels
    rounds = train.steps * train.batch_size / labels if labels else 0.0
    again = [f"Each text is read {rounds:,.0f} times."] if rounds >= 2 else []
    return cell(run.link(words.counted(labels, "label")), f"; {words.counted(run.history.tokens, 'token')} read.", more=again)


def _general(case: Case) -> Cell:
    root = case.root
    asked = f"Probes: {listed(root, root.probes)}." if root.probes else "No probe is asked on this text."
    return cell("Language in general: ", *worth(root), more=[asked])


def _particular(run: Run) -> Cell:
    gone = "" if run.spec.model.architecture in T5S else ": its head for words is gone"
    if run.left:
        asked = f"Probes, with its old head put back: {listed(run, run.left)}."
    else:
        asked = f"Probes: {listed(run, run.probes)}." if run.probes else f"It is asked no probe{gone}."
    return cell("One task: ", *worth(run), more=[asked])


def worth(run: Run) -> list[Bit]:
    """The headline figure of a run between what bounds it."""
    metric = run.headline
    bounds = {"best possible": run.figure(metric.bound), "chance": run.figure("chance") if metric.chance is None else metric.chance}
    told = ", ".join(f"{name} {words.measured(value, metric.unit)}" for name, value in bounds.items() if value is not None)
    return [run.link(f"{metric.title} {run.said(metric)}"), bit(f" ({told})." if told else ".")]


def listed(run: Run, metrics: Sequence[Metric]) -> str:
    """`capitals known 100 %, animal sounds known 96 %`."""
    return ", ".join(f"{metric.title} {run.said(metric)}" for metric in metrics)


def _models(case: Case) -> Cell:
    root, family = case.root, records.family(case.root.spec)
    here = [root.link(f"A {family} of {root.parameters:,} parameters"), bit(f", {SIZES[root.spec.model.size]}.")]
    others: dict[str, Recipe] = {}
    for recipe in case.found:
        if _other(case, recipe):
            others.setdefault(records.family(recipe.spec), recipe)
    beside = [opening(f"{name} ({catalogue.experiment(recipe.spec.stage).title})", recipe) for name, recipe in others.items()]
    also = [bit(" Here too: "), *(each for place, one in enumerate(beside) for each in ([bit(", ")] if place else []) + [one]), bit(".")]
    return cell(*here, *(also if beside else []), more=[STANDS_FOR[family]])


def _other(case: Case, recipe: Recipe) -> bool:
    """Whether this is a pretrained model of another family than the root's, which can be opened."""
    pretrained = recipe.opened and records.colour(recipe.spec) == "pretrained"
    return bool(pretrained) and records.family(recipe.spec) != records.family(case.root.spec)


def _body(run: Run) -> Cell:
    method = getattr(run.spec.objective, "method", "full")
    body = "The same body" if run.spec.model.architecture in T5S else "The same body with a new head"
    return cell(run.link(f"A {records.family(run.spec)} for {run.experiment.short}"), f". {body}, by {words.value(method)}.")


def _cost(run: Run) -> Cell:
    seconds, trained = words.duration(run.history.seconds), f"{run.parameters:,} parameters trained"
    if not run.flops:
        return cell(run.link(seconds), f", {trained}; {UNCOUNTED}.")
    return cell(run.link(f"{billions(run.flops)} FLOPs"), f", {seconds}, {trained}.")


def _cheap(case: Case, run: Run) -> Cell:
    own = _cost(run)
    return {**own, "more": [f"{share(run.flops, case.root.flops)} of pretraining's FLOPs."] if run.flops and case.root.flops else []}


def share(part: float, whole: float) -> str:
    """`0.35 %`, to two figures."""
    return f"{100 * part / whole:.2g} %"


def carried(case: Case) -> list[Bit]:
    """Into how many tasks the root was carried, and what it came to in each."""
    if not case.children:
        return [bit("It was carried into no task yet.")]
    said: list[Bit] = [bit(f"This one model was carried into {words.counted(len(case.children), 'task')}: ")]
    for place, recipe in enumerate(case.children):
        metric = catalogue.experiment(recipe.spec.stage).telling[0]
        run = Run(recipe)
        said += [bit(", ")] * bool(place) + [opening(f"{catalogue.experiment(recipe.spec.stage).short} {run.said(metric)}", recipe)]
    return [*said, bit(".")]


def _narrow(case: Case, run: Run) -> Cell:
    return cell(f"One task: it {run.experiment.exercise}.", more=lost(case, run))


def lost(case: Case, run: Run) -> list[str]:
    """What is left of what the root knew, by the probe that fell most; else how many of its probes the fine-tuned model is still asked."""
    known = {metric.title: case.root.figure(metric.name) or 0.0 for metric in case.root.probes}
    if fallen := [metric for metric in run.left if metric.title in known]:
        most = max(fallen, key=lambda metric: known[metric.title] - (run.figure(metric.name) or 0.0))
        return [f"Of what its root knew, {most.title}: {words.measured(known[most.title], most.unit)} before, {run.said(most)} after."]
    asked, before = len(run.probes), len(case.root.probes)
    return [f"Its root is asked {words.counted(before, 'probe')}, and it can be asked {asked or 'none'}."] if before else []


# The question of the page

BOUNDS = (10, 100)


def quiz(case: Case) -> Quiz:
    """The question for this root and task."""
    task = case.task.short if case.task else "a task"
    low, high = BOUNDS
    return Quiz(
        f"how many times as many tokens did this model read in pretraining as in fine-tuning for {task}?",
        (f"up to {low} times", f"{low} to {high} times", f"above {high} times"),
    )


def reveal(case: Case) -> Reveal | None:
    """How many times it was; None where there is no fine-tuned run."""
    if case.tuned is None or not case.tuned.history.tokens:
        return None
    first, second = case.root.history.tokens, case.tuned.history.tokens
    times = first / second
    said = f"{first:,} tokens against {second:,}: {words.about(round(times)) if times >= 10 else f'{times:.1f}'} times as many"
    return Reveal(sum(times > bound for bound in BOUNDS), f"{said}, and no label among them against {case.tuned.labels:,}.")
