"""Time to quality: `python -m benchmarks.quality`. How long until a model is good, beside a tuned AdamW under `transformers.Trainer`.

MLM until `facts` ≥ 95 %, CLM until its loss is 1.10 × the floor, on validation data of Tinyland, each run in a process with one thread.
First the whole grid of `grid.py` on one seed; then, on others, the best cells of each model and our own default recipe, and on one of these
Trainer's defaults. All seconds are the processor's.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.bar import Bar, shown
from benchmarks.grid import CONSTANT, DEFAULTS, MIDDLE, OURS, PLAIN, SEEDS, TUNING, WANTED, AdamW, Cell, Outcome, grid
from llmviz.runs.process import ENVIRONMENT

LONGEST = 3_600.0  # seconds for one run with its start
WIDTH = 200  # characters of a line where there is no screen: so wide that tables stay Markdown
TRIED = 30  # steps of every run of a smoke test


def main(
    jobs: Annotated[int, typer.Option(min=1, help="Runs at once; each keeps one core busy.")] = 1,
    seeds: Annotated[int, typer.Option(min=1, max=len(SEEDS), help="Runs of ours and of the best cells to take the median of.")] = 3,
    finalists: Annotated[int, typer.Option(min=1, help="Best cells of the grid, by model, that go on to these seeds.")] = 2,
    task: Annotated[list[str] | None, typer.Option(help="mlm or clm; both if not given.")] = None,
    file: Annotated[Path | None, typer.Option("--json", help="Keeps every run; what is in it already is not run again.")] = None,
    quick: Annotated[bool, typer.Option(help=f"A smoke test: {TRIED} steps of each kind of run.")] = False,
) -> None:
    """Measure time to quality against a published grid of AdamW settings under transformers.Trainer: some 100 runs of up to two minutes."""
    tasks = tuple(task or OURS)
    if unknown := set(tasks) - set(OURS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there is {' and '.join(OURS)}")
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    cells = [cell for each in tasks for cell in grid(each)]
    if quick:
        cells = [replace(cell, limit=TRIED) for cell in cells if cell.adamw == MIDDLE]
    with tempfile.TemporaryDirectory(prefix="llmviz-quality-", ignore_cleanup_errors=True) as home:
        course = Course(Path(home), jobs, file, console)
        for each in tasks:  # prepares the text, once, before any clock runs
            course.train(Cell(each, OURS[each], limit=1))
        tuned = course.run(cells)
        best = [cell for group in _groups(tuned).values() for cell in group[:finalists]]
        ran = course.run(_finals(tasks, best, SEEDS[:seeds], TRIED if quick else 0))
    loads = " or ".join(map(str, sorted({outcome.at_once for outcome in [*tuned, *ran]})))
    for each in tasks:
        console.print(_cells(each, [outcome for outcome in tuned if outcome.cell.task == each], loads))
    results = [result for each in tasks for result in results_of(each, ran)]
    console.print(_told(results, f"seeds {SEEDS[0]} to {SEEDS[seeds - 1]}, {loads} at once, one thread each"))
    bars = [bar for each in tasks for bar in bars_of([result for result in results if result.task == each])]
    if quick:
        return
    console.print(_verdicts(bars))
    if not all(bar.cleared for bar in bars):
        raise typer.Exit(1)


class Course:
    """Runs cells in processes of their own, several at once, and keeps what they say."""

    def __init__(self, home: Path, jobs: int, file: Path | None, console: Console) -> None:
        self.home = home
        self.jobs = jobs
        self.file = file
        self.console = console
        self.known: dict[Cell, Outcome] = {}
        if file and file.exists():
            outcomes = map(Outcome.from_json, json.loads(file.read_text(encoding="utf-8")))
            self.known = {outcome.cell: outcome for outcome in outcomes}

    def run(self, cells: Sequence[Cell]) -> list[Outcome]:
        """The outcomes of these cells, in their order."""
        pool = ThreadPoolExecutor(self.jobs)
        try:
            missing = [pool.submit(self.train, cell) for cell in cells if cell not in self.known]
            for count, done in enumerate(as_completed(missing), 1):
                self._keep(done.result())
                self.console.print(f"{count}/{len(missing)}  {_line(done.result())}")
        finally:
            pool.shutdown(cancel_futures=True)  # where one fails, those not yet begun are not waited for
        return [self.known[cell] for cell in cells]

    def train(self, cell: Cell) -> Outcome:
        """The outcome of one cell. Raises RuntimeError where its process fails."""
        command = [sys.executable, "-m", "benchmarks.race", json.dumps(asdict(cell))]
        environment = os.environ | ENVIRONMENT | {"LLMVIZ_HOME": str(self.home), "TRANSFORMERS_VERBOSITY": "error"}
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST)
        if answer.returncode:
            raise RuntimeError(f"{cell} failed: {answer.stderr[-2_000:]}")
        return replace(Outcome.from_json(json.loads(answer.stdout.splitlines()[-1])), at_once=self.jobs)

    def _keep(self, outcome: Outcome) -> None:
        self.known[outcome.cell] = outcome
        if self.file:  # whole or not at all: it may be killed at any moment
            beside = self.file.with_suffix(".part")
            beside.write_text(json.dumps([known.to_json() for known in self.known.values()], indent=1), encoding="utf-8")
            beside.replace(self.file)


def _groups(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], list[Cell]]:
    """By task and architecture, the cells from good to bad."""
    groups: dict[tuple[str, str], list[Cell]] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.order):
        groups.setdefault((outcome.cell.task, outcome.cell.architecture), []).append(outcome.cell)
    return groups


def _finals(tasks: Sequence[str], best: Sequence[Cell], seeds: Sequence[int], limit: int) -> list[Cell]:
    """Ours first: it then runs while most others run beside it, and gains nothing from a machine that empties."""
    ours = [Cell(task, OURS[task], seed=seed, limit=limit) for seed in seeds for task in tasks]
    theirs = [replace(cell, seed=seed) for seed in seeds for cell in best]
    defaults = [Cell(task, PLAIN[task], DEFAULTS, seeds[0], limit) for task in tasks]
    return [*ours, *sorted([*defaults, *theirs], key=lambda cell: -cell.adamw.length if cell.adamw else 0.0)]


@dataclass(frozen=True)
class Result:
    """One recipe over its seeds: the run in the middle stands for it."""

    task: str
    name: str
    middle: Outcome
    reached: int
    runs: int

    @property
    def settings(self) -> str:
        """In words."""
        return _settings(self.middle.cell.adamw)


def results_of(task: str, outcomes: Sequence[Outcome]) -> Iterator[Result]:
    """Ours; the best recipe of each of the peer's models by its run in the middle; Trainer's defaults."""
    recipes: dict[Cell, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.cell.task == task:
            recipes.setdefault(replace(outcome.cell, seed=TUNING), []).append(outcome)
    results = []
    for cell, runs in recipes.items():
        ordered = sorted(runs, key=lambda run: run.order)
        middle = ordered[(len(ordered) - 1) // 2]
        results.append(Result(task, _name(cell), middle, sum(run.reached for run in runs), len(runs)))
    for name in ("llmviz", *(f"Trainer, {which[task]}, best of grid" for which in (PLAIN, OURS)), "Trainer, defaults"):
        yield min((result for result in results if result.name == name), key=lambda result: result.middle.order)


def _name(cell: Cell) -> str:
    if cell.adamw is None:
        return "llmviz"
    return "Trainer, defaults" if cell.adamw == DEFAULTS else f"Trainer, {cell.architecture}, best of grid"


def bars_of(results: Sequence[Result]) -> Iterator[Bar]:
    """How many times as long the peers take. Who did not get there is counted as if there at the end, so that is the least it can be."""
    ours, plain, same, _ = results
    for peer, least in ((plain, 2.0), (same, None)):
        name = f"{ours.task}, {WANTED[ours.task]}: sooner than {peer.name}"
        if not ours.middle.reached:
            yield Bar(name, 0.0, "×", least=least, note="llmviz did not get there")
            continue
        steps = f"{peer.middle.steps / ours.middle.steps:.2f} × in steps"
        there = "" if peer.middle.reached else "; it never got there, so more than this"
        yield Bar(name, peer.middle.seconds / ours.middle.seconds, "×", least=least, note=steps + there)


def _settings(adamw: AdamW | None) -> str:
    """In words; what nearly all cells share is said in the title."""
    if adamw is None:
        return "default recipe: Muon and AdamW"
    course = "constant" if adamw.course == CONSTANT else "linear"
    words = {"warmup": f"warm-up {adamw.warmup:.0%}", "weight_decay": f"decay {adamw.weight_decay:g}", "beta2": f"β₂ {adamw.beta2:g}"}
    rest = [said for name, said in words.items() if getattr(adamw, name) != getattr(MIDDLE, name)]
    return ", ".join([f"lr {adamw.learning_rate:g}", f"{course} × {adamw.length:g}", *rest])


def _took(outcome: Outcome) -> tuple[str, str]:
    there = "" if outcome.reached else "not within "
    return f"{there}{outcome.steps:,}", f"{there}{outcome.seconds:.1f}"


def _last(metrics: dict[str, Any]) -> str:
    return f"facts {metrics['facts']:.0%}, loss {metrics['loss']:.3f}"


def _line(outcome: Outcome) -> str:
    cell, (steps, seconds) = outcome.cell, _took(outcome)
    name = f"{cell.task} {cell.architecture}, seed {cell.seed}, {_settings(cell.adamw)}"
    return f"{name}: {steps} steps, {seconds} s; {_last(outcome.metrics)}"


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left", box=box.MARKDOWN)


def _cells(task: str, outcomes: Sequence[Outcome], loads: str) -> Table:
    shared = f"× of our length; warm-up {MIDDLE.warmup:.0%} of it, decay {MIDDLE.weight_decay:g}, β₂ {MIDDLE.beta2:g}"
    table = _table(
        f"{task} until {WANTED[task]}: the grid, seed {TUNING}, {loads} at once ({shared})", "model", "AdamW", "steps", "s", "at the end"
    )
    for outcome in sorted(outcomes, key=lambda outcome: (outcome.cell.architecture, *outcome.order)):
        table.add_row(outcome.cell.architecture, _settings(outcome.cell.adamw), *_took(outcome), _last(outcome.metrics))
    return table


def _told(results: Sequence[Result], about: str) -> Table:
    table = _table(f"time to quality, the run in the middle: {about}", "until", "who", "settings", "steps", "s", "there", "at the end")
    for result in results:
        there, end = f"{result.reached} of {result.runs}", _last(result.middle.metrics)
        table.add_row(WANTED[result.task], result.name, result.settings, *_took(result.middle), there, end)
    return table


def _verdicts(bars: Iterable[Bar]) -> Table:
    table = _table("llmviz benchmarks", "what", "measured", "bar", "", "how")
    for bar in bars:
        mark = "" if not bar.wanted else "[green]cleared[/]" if bar.cleared else "[red]missed[/]"
        table.add_row(bar.name, shown(bar.value, bar.unit), bar.wanted, mark, bar.note)
    return table


if __name__ == "__main__":
    typer.run(main)
