"""How many labels pretraining is worth, by task: `python -m benchmarks.labels`. Every seed pretrains a model of its own.

The bars are those of lesson C6: at 16 labels ≥ 30 points above a random start for sentiment and a gap beyond both bands for the others;
worth ≥ 10 times the labels for one task and ≥ 5 times for sentiment. All of it takes some twenty minutes a task.
"""

import statistics
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.tasks import SEEDS, ended
from llmviz.core import catalogue
from llmviz.core.rival import rival
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import Axis, Study, along
from llmviz.views.worth import worth

COUNTS = (2, 4, 8, 16, 32, 64, 128, 256, 512)
TASKS = {"sentiment": "accuracy", "entities": "f1", "answers": "exact_match"}
SHARE = 0.9
AT = 16  # labels at which the gap is told


def main(
    task: Annotated[list[str] | None, typer.Option(help="Of these tasks alone.")] = None,
    seeds: Annotated[int, typer.Option(min=1, max=len(SEEDS), help="Seeds to take the median of.")] = len(SEEDS),
    home: Annotated[Path | None, typer.Option(help="Keeps the runs; those that are in it already are not trained again.")] = None,
) -> None:
    """Measure both starts with each number of labels, and tell what pretraining is worth."""
    console = Console()
    with TemporaryDirectory(prefix="llmviz-labels-", ignore_cleanup_errors=True) as folder:
        for name in task or TASKS:
            measured(console, name, SEEDS[:seeds], home or Path(folder))


def measured(console: Console, task: str, seeds: Sequence[int], home: Path) -> None:
    """Print the table of one task, and below it the two figures of its bars."""
    pretrained = preset(task)
    scratch = rival(pretrained)
    assert scratch is not None
    starts = {"pretrained": pretrained, "random start": scratch}
    table = Table(title=f"{catalogue.experiment(task).title}: {TASKS[task]}, median of {len(seeds)} seeds (lowest to highest)")
    for column in ("labels", *starts):
        table.add_column(column, justify="right")
    shares: dict[str, dict[int, list[float]]] = {name: {} for name in starts}
    for count in COUNTS:
        for name, base in starts.items():
            shares[name][count] = [ended(spec, home).metrics[TASKS[task]] for spec in _specs(base, count, seeds)]
        table.add_row(f"{count:,}", *(_told(shares[name][count]) for name in starts))
    console.print(table)
    ours, theirs = ([(count, statistics.median(found)) for count, found in shares[name].items()] for name in starts)
    at, other = shares["pretrained"][AT], shares["random start"][AT]
    apart = "beyond both bands" if min(at) > max(other) else "within the bands"
    console.print(
        f"{AT} labels: {100 * (statistics.median(at) - statistics.median(other)):+.1f} points, {apart}. {worth(ours, theirs, SHARE).said}"
    )


def _specs(base: RunSpec, count: int, seeds: Sequence[int]) -> tuple[RunSpec, ...]:
    return Study(base, Axis("labels", ("labels",), "log"), along("labels", (count,)), tuple(seeds), parents=True).specs()


def _told(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.1%} ({min(values):.1%} to {max(values):.1%})"


if __name__ == "__main__":
    typer.run(main)
