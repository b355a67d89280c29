"""How fast the app answers and how much memory it takes, seen from a browser while models train."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.bar import Bar
from benchmarks.browser import Visitor, browser
from benchmarks.server import Server, running

SCRUBS = 20
LONG, SHORT = 20_000, 60  # steps: a run that outlasts the measurements, and one of some seconds
RUNS = 10
STARTS = 5  # runs of which the time to the first point is taken
SENTENCES = ("the capital of France is Paris .", "my dog can bark and the cat can meow .")
SETTLED = 2.0  # seconds after which memory that is given back has been given back


def bars(home: Path) -> Iterator[Bar]:
    """All bars of the app, each as soon as it is measured."""
    with browser() as opened, running(home) as server:
        server.wait()
        up = time.perf_counter() - server.started
        visitor = Visitor(opened, server.url)
        visitor.open()
        cold = time.perf_counter() - server.started
        yield Bar("cold start: command → page painted", cold, "s", most=5, note=f"takes connections after {up:.2f} s")
        scrubs = [visitor.scrub("ArrowLeft" if turn % 2 == 0 else "ArrowRight") for turn in range(SCRUBS)]
        yield _milliseconds("slider → picture", scrubs, most=50)
        yield from _while_training(visitor, server)
        yield from _memory(opened, server, visitor)
        yield Bar("requests beyond localhost", len(visitor.outside), "", most=0, note=" ".join(visitor.outside[:2]))


def _while_training(visitor: Visitor, server: Server) -> Iterator[Bar]:
    firsts = []
    for seed in range(STARTS + 1):  # the last one trains on
        visitor.open_empty(seed=seed, steps=LONG)
        firsts.append(visitor.train())
        if seed < STARTS:
            visitor.stop()
        if seed == 0:
            server.settle()
    yield Bar("Train live → first point, the workers still loading", firsts[0] / 1_000, "s")
    yield _milliseconds("Train live → first point, on a warm server", firsts[1:], most=1_000)
    hides = []
    for sentence in SENTENCES:
        visitor.open(seed=STARTS, steps=LONG, s=sentence, hide=0)
        hides += [visitor.hide(place) for place in range(1, 6)]
    yield _milliseconds("hide a word → predictions, while training", hides, most=300)


def _memory(opened: Browser, server: Server, first: Visitor) -> Iterator[Bar]:
    second = Visitor(opened, server.url)
    second.open_empty(seed=STARTS + 1, steps=LONG)
    second.train()
    time.sleep(SETTLED)
    alone, together = server.memory()
    yield Bar("memory of the server", alone, "MB", most=500)
    yield Bar("memory with two training workers and one inference worker", together, "MB", most=2_000, note="shared pages counted for each")
    second.stop()
    second.close()
    first.stop()
    totals = []
    for seed in range(RUNS + 1):  # the first fills what is filled once
        first.open_empty(seed=seed, steps=SHORT)
        first.train()
        first.ended()
        time.sleep(SETTLED)
        totals.append(server.memory()[1])
    growth = totals[-1] - totals[0]
    yield Bar(f"memory gained over {RUNS} runs", growth, "MB", most=50, note=f"{totals[0]:,.0f} → {totals[-1]:,.0f} MB")


def _milliseconds(name: str, values: list[float], most: float) -> Bar:
    return Bar(name, statistics.median(values), "ms", most=most, note=f"median of {len(values)}, worst {max(values):,.0f}")
