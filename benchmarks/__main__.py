"""Print the bars as a table; the exit status is 1 where one is not cleared. `python -m benchmarks --help`."""

import itertools
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import app, attention, generation, pages, rollouts, story, text, tokens, training
from benchmarks.bar import Bar, shown

ALL = len(training.SEEDS)


def main(
    seeds: Annotated[int, typer.Option(min=0, max=ALL, help="Runs of training to take the median of; 0 skips them.")] = ALL,
    browser: Annotated[bool, typer.Option(help="Measure the app in a browser.")] = True,
) -> None:
    """Measure the bars this project sets itself, on this machine as it is: close what else is running.

    Time to quality beside transformers.Trainer takes longer, and is a command of its own: python -m benchmarks.quality.
    """
    console = Console()
    found: list[Bar] = []
    try:
        with (
            tempfile.TemporaryDirectory(prefix="llmviz-benchmark-", ignore_cleanup_errors=True) as folder,
            console.status("measuring") as status,
        ):
            trained = training.bars(seeds, Path(folder)) if seeds else ()
            seen = app.bars(Path(folder)) if browser else ()
            opened = pages.bars(Path(folder)) if browser else ()
            maps = attention.bars(Path(folder)) if browser else ()
            told = story.bars(Path(folder)) if browser else ()
            written = itertools.chain(generation.bars(Path(folder)), rollouts.bars(Path(folder)))
            for bar in itertools.chain(text.bars(), tokens.bars(Path(folder)), written, trained, seen, opened, maps, told):
                found.append(bar)
                status.update(f"{bar.name}: {shown(bar.value, bar.unit)}")
    finally:  # what was measured before something failed is worth its minutes
        console.print(table(found))
    if not all(bar.cleared for bar in found):
        raise typer.Exit(1)


def table(bars: list[Bar]) -> Table:
    """The bars as a table, a line each."""
    table = Table("what", "measured", "bar", "", "how", title="llmviz benchmarks", title_justify="left")
    for bar in bars:
        mark = "" if not bar.wanted else "[green]cleared[/]" if bar.cleared else "[red]missed[/]"
        table.add_row(bar.name, shown(bar.value, bar.unit), bar.wanted, mark, bar.note)
    return table


if __name__ == "__main__":
    typer.run(main)
