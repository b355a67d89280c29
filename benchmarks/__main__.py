"""Print the bars as a table; the exit status is 1 where one is not cleared. `python -m benchmarks --help`."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import app, training
from benchmarks.bar import Bar, shown


def main(
    seeds: Annotated[int, typer.Option(min=0, max=len(training.SEEDS), help="Runs of training to take the median of; 0 skips them.")] = 1,
    browser: Annotated[bool, typer.Option(help="Measure the app in a browser.")] = True,
) -> None:
    """Measure the bars this project sets itself, on this machine as it is: close what else is running."""
    console = Console()
    found: list[Bar] = []
    with (
        tempfile.TemporaryDirectory(prefix="llmviz-benchmark-", ignore_cleanup_errors=True) as folder,
        console.status("measuring") as status,
    ):
        for bars in (training.bars(seeds, Path(folder)) if seeds else (), app.bars(Path(folder)) if browser else ()):
            for bar in bars:
                found.append(bar)
                status.update(f"{bar.name}: {shown(bar.value, bar.unit)}")
    table = Table("what", "measured", "bar", "", "how", title="llmviz benchmarks", title_justify="left")
    for bar in found:
        mark = "" if not bar.wanted else "[green]cleared[/]" if bar.cleared else "[red]missed[/]"
        table.add_row(bar.name, shown(bar.value, bar.unit), bar.wanted, mark, bar.note)
    console.print(table)
    if not all(bar.cleared for bar in found):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
