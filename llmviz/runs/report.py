"""What the command line prints: updates as they come, a closing table, listings. Knows no model."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from llmviz.core import catalogue
from llmviz.core.address import entries
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.core.update import Begin, Done, Score, Step, Update
from llmviz.core.update import to_json as update_to_json
from llmviz.runs import tail
from llmviz.runs.check import ACTION, GOOD, MISSING, Check
from llmviz.runs.engine import State, Status
from llmviz.runs.folder import RunFolder
from llmviz.runs.store import short

Show = Callable[[Update], None]


@contextmanager
def json_lines(run: RunRef) -> Iterator[Show]:
    """Each update as one line of JSON; the last also names the run. Where the output is not Unicode, JSON spells all else in ASCII."""
    escaped = not (sys.stdout.encoding or "").lower().startswith("utf")

    def show(update: Update) -> None:
        written: dict[str, Any] = update_to_json(update)
        if isinstance(update, Done):
            written = {"type": written.pop("type"), "run": run.key, **written}
        print(json.dumps(written, ensure_ascii=escaped), flush=True)

    yield show


@contextmanager
def progress(run: RunRef, spec: RunSpec) -> Iterator[Show]:
    """A progress bar with the newest figures, within 80 columns, and a table at the end."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[news]}"),
    )
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task(short(run), total=spec.train.steps, news="")

    def show(update: Update) -> None:
        match update:
            case Begin():
                bar.update(task, total=update.steps)
            case Step():
                bar.update(task, completed=update.step)
            case Score():
                bar.update(task, completed=update.step, news=_news(spec, update.metrics))
            case Done():
                bar.stop()
                closing(run, spec, update)

    with bar:
        yield show


def closing(run: RunRef, spec: RunSpec, done: Done) -> None:
    """The metrics on test data, each beside what bounds it."""
    table = Table("measured on test data", "value", "bound", title=f"{catalogue.experiment(spec.stage).title} · {short(run)}")
    for metric in catalogue.experiment(spec.stage).metrics:
        if metric.name in done.metrics:
            bound = done.metrics.get(metric.bound)
            table.add_row(metric.title, number(done.metrics[metric.name], metric.unit), "" if bound is None else number(bound, metric.unit))
    table.add_row("training", f"{done.seconds:.1f} s", "")
    Console().print(table)


def vocabulary(spec: RunSpec, unknown: float) -> None:
    """A warning about a run that keeps the vocabulary of another text than its own."""
    text, learnt = (TEXTS[each.text.name].title for each in (spec, spec.lineage[0]))
    said = f"{unknown:.0%} of {text} is [UNK] to this run: it keeps the vocabulary that its lineage learnt on {learnt}."
    print(said, file=sys.stderr)


def listing(shelf: Iterable[Kept], recordings: Sequence[str]) -> None:
    """One line a run of this machine, within 80 columns; then what there is to say of some, and the names of the recordings."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("run", "state", "stage", "text", "size", "seed", "steps", "result", "MB"):
        table.add_column(name, no_wrap=name == "run", justify="right" if name in ("seed", "steps", "result", "MB") else "left")
    remarks = []
    for kept in (each for each in shelf if not each.recorded):
        spec = kept.spec
        about = (spec.stage, spec.text.name, spec.model.size, str(spec.seed), str(spec.train.steps)) if spec else ("?",) * 5
        result = _headline(spec, kept.metrics) if spec and kept.state == State.DONE else ""
        table.add_row(short(kept.run), kept.state, *about, result, f"{kept.bytes / 1e6:.1f}")
        if kept.reason:
            remarks.append(f"{short(kept.run)}: {kept.reason}")
    console = Console()
    console.print(table if table.row_count else "Nothing has been trained on this machine yet.")
    for remark in remarks:
        console.print(remark, markup=False, highlight=False)
    if recordings:
        console.print(f"Recordings, to show, export or start from by name: {', '.join(recordings)}", markup=False, highlight=False)


def one(run: RunRef, folder: RunFolder, status: Status) -> None:
    """A run's settings, state, notes and newest figures."""
    spec, history = folder.spec(), tail.look(folder.updates, tail.Reached()).history
    table = Table(show_header=False, title=run.key)
    table.add_row("state", f"{status.state.value} {status.reason}".strip())
    table.add_row("step", f"{history.step} of {spec.train.steps}, {history.seconds:.1f} s")
    table.add_row("stage", spec.stage)
    for role, given in spec.inputs.items():
        table.add_row(role, given.id)
    for entry in entries(spec):
        table.add_row(entry.setting.label, str(entry.value))
    for name, value in folder.notes().items():
        table.add_row(name, ", ".join(f"{key} {text}" for key, text in value.items()) if isinstance(value, dict) else str(value))
    table.add_row("snapshots", ", ".join(map(str, folder.snapshots())))
    Console().print(table)
    if isinstance(history.end, Done):
        closing(run, spec, history.end)


def checked(found: Check) -> None:
    """What was looked at, how long the default runs take here, and how many students that is good for."""
    console = Console()
    table = Table("looked at", "", "found", title="This machine", title_justify="left")
    for finding in found.findings:
        colour = {GOOD: "green", MISSING: "red"}.get(finding.state, "yellow")
        table.add_row(finding.name, f"[{colour}]{finding.state}[/]", Text(finding.text))
    console.print(table)
    if not found.rate:
        return
    runs = Table("default run", "text", title="How long they take here", title_justify="left")
    runs.add_column("seconds", justify="right")
    for run in found.runs:
        runs.add_row(catalogue.experiment(run.spec.stage).title, TEXTS[run.spec.text.name].title, f"{run.seconds:,.0f}")
    console.print(runs)
    about = f"One thread multiplies matrices (1024 × 1024, fp32) at {found.rate.gflops:.0f} GFLOP/s."
    how = "The seconds, of a core with nothing else to do, were measured elsewhere; they follow how long a batch of the first takes here."
    console.print(f"{about} {how}", highlight=False)
    console.print(f"One server bears some {found.students} students: {ACTION.how}.", highlight=False)


def _news(spec: RunSpec, metrics: dict[str, float]) -> str:
    """The headline, and the probes: those that nothing bounds."""
    listed = [metric for metric in catalogue.experiment(spec.stage).metrics if metric.name in metrics]
    shown = [metric for metric in listed if metric is listed[0] or not metric.bound]
    return "  ".join(f"{metric.name} {format(metrics[metric.name], '.0%' if metric.unit == '%' else '.2f')}" for metric in shown)


def _headline(spec: RunSpec, metrics: Mapping[str, float]) -> str:
    """The figure that stands for a run, by its name; empty where it was not measured."""
    metric = catalogue.experiment(spec.stage).headline
    return f"{metric.name} {format(metrics[metric.name], '.1%' if metric.unit == '%' else '.3f')}" if metric.name in metrics else ""


def number(value: float, unit: str) -> str:
    """A figure as a person reads it: shares as percent with one decimal, all else with three and its unit."""
    return f"{value:.1%}" if unit == "%" else f"{value:.3f} {unit}"
