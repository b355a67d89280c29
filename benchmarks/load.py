"""The app under load: `python -m benchmarks.load --visitors 200 --minutes 10 --training 20`. See `benchmarks/crowd.py` for who comes."""

import asyncio
import os
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.crowd import HOSTED, KINDS, Seen, Taken, crowd, first
from benchmarks.server import MEGABYTE, running
from llmviz.runs.store import Store


def table(seen: Seen) -> Table:
    """How long visitors waited, in milliseconds, by what they did."""
    table = Table("what", "times", "p50", "p95", "p99", "worst", title="milliseconds from sending to the end of the script")
    by_page: dict[str, list[float]] = defaultdict(list)
    for (kind, place), waits in seen.waits.items():
        by_page[f"{kind}: /{place}"] += waits
    rows = {"all": seen.of(*KINDS), **{kind: seen.of(kind) for kind in KINDS}, **dict(sorted(by_page.items()))}
    for name, waits in rows.items():
        if waits:
            table.add_row(name, str(len(waits)), *(f"{1_000 * each:,.0f}" for each in (*percentiles(waits), max(waits))))
    return table


def percentiles(waits: list[float]) -> tuple[float, float, float]:
    """The median, and what 95 and 99 of 100 do not exceed."""
    ordered = sorted(waits)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    return at(0.5), at(0.95), at(0.99)


def report(seen: Seen, taken: Taken, own: float, seconds: float, trained: int) -> Iterator[str]:
    """The rest, a line each."""
    third = max(1, len(taken.megabytes) // 3)
    early, late = (statistics.median(each) for each in (taken.megabytes[third : 2 * third], taken.megabytes[-third:]))
    yield f"actions: {len(seen.of(*KINDS)):,} in {seconds:.0f} s; polls {seen.polls:,}; received {seen.received / MEGABYTE:,.0f} MB"
    yield f"errors: {seen.errors.total()}"
    yield from (f"  {count} x {problem}" for problem, count in seen.errors.most_common(20))
    yield f"runs: Train live pressed {seen.pressed} times, {trained} runs trained to their end"
    yield f"memory of all processes: at most {max(taken.megabytes):,.0f} MB; middle third {early:,.0f}, last third {late:,.0f}"
    yield "processor, share of one core: " + ", ".join(f"{name} {spent / seconds:.0%}" for name, spent in taken.processor.items())
    yield f"  and this program itself {own / seconds:.0%}, of {os.cpu_count()} cores"


def main(
    visitors: Annotated[int, typer.Option(min=1)] = 200,
    minutes: Annotated[float, typer.Option(min=0.05)] = 10.0,
    training: Annotated[int, typer.Option(min=0, help="How many of them press Train live.")] = 20,
    home: Annotated[Path | None, typer.Option(help="Where the server keeps its runs; a new folder, if not given.")] = None,
) -> None:
    """Put many visitors before the app as strangers find it, and print what they met with. The exit status is 1 after an error."""
    console, seconds = Console(), minutes * 60
    with tempfile.TemporaryDirectory(prefix="llmviz-load-", ignore_cleanup_errors=True) as folder:
        place = home or Path(folder)
        with running(place, HOSTED) as server:
            server.wait()
            asyncio.run(first(server))
            server.settle()
            seen, taken, own = asyncio.run(crowd(server, visitors, seconds, training))
        trained = done(place)
    console.print(table(seen))
    for line in report(seen, taken, own, seconds, trained):
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    raise typer.Exit(1 if seen.errors else 0)


def done(home: Path) -> int:
    """How many runs have reached their end there."""
    store = Store(home)
    return sum(store.done(run) for run in store.runs())


if __name__ == "__main__":
    typer.run(main)
