"""How soon every page shows what it is about: opened afresh, and by a click on the page before it."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.bar import Bar
from benchmarks.browser import Visitor, browser
from benchmarks.server import running

ROUNDS = 5
# By the end of a page's address, what it is about: seen when the answer of a model, or a list of models, stands on the page.
SEEN = {
    "": "inside('story', '.card .says').length > 2 && inside('story', 'path').length > 0",
    "tokens": "inside('pieces', '.piece').length > 0 && inside('growth', 'path.line').length > 0",
    "masked-tokens": "inside('strip', '.token').length > 0 && gaps() > 0 && inside('curve', 'path.held').length > 0",
    "next-sentence": "inside('pair', '.share').some((share) => share.textContent) && inside('curve', 'path.probe').length > 0",
    "next-token": "inside('choices', '.rows .row').length > 0 && inside('curve', 'path.held').length > 0",
    "spans": "inside('written', '.said .token').length > 0 && inside('curve', 'path.held').length > 0",
    "attention-maps": "inside('maps', '.out path').length > 0 && inside('curve', 'path.held').length > 0",
    "entities": "inside('tagged', '.words').length > 2 && inside('curve', 'path').length > 0",
    "before-after": "inside('cards', '.says').length > 2 && inside('curve', 'path').length > 0",
    "lab-book": "inside('tree', '.lineage .row[data-key]').length > 0",
}
CLICK = "(link) => timed(() => document.querySelector(`[data-testid=stSidebarNavLink][href$='/${link}']`).click(), () => %s)"


def bars(home: Path) -> Iterator[Bar]:
    """The slowest page of each kind, by its median."""
    with browser() as opened, running(home) as server:
        server.wait()
        _opened(opened, server.url, "")  # the first visitor starts the workers: see the bar of the cold start
        server.settle()
        fresh = {page: statistics.median(_opened(opened, server.url, page) for _ in range(ROUNDS)) for page in SEEN}
        clicked = _clicked(opened, server.url)
    yield _worst("warm server: first useful paint of any page", fresh, "s", most=2)
    yield _worst("page to page", clicked, "ms", most=500)


def _opened(opened: Browser, url: str, page: str) -> float:
    visitor = Visitor(opened, url)
    started = time.perf_counter()
    visitor.page.goto(f"{url}/{page}", wait_until="commit")
    visitor.page.wait_for_function(f"() => globalThis.inside && {SEEN[page]}")
    seconds = time.perf_counter() - started
    visitor.close()
    return seconds


def _clicked(opened: Browser, url: str) -> dict[str, float]:
    """By page, the median of milliseconds from the click on its link until it is seen; the first round fills what is filled once."""
    visitor = Visitor(opened, url)
    visitor.page.goto(url)
    visitor.page.wait_for_function(f"() => globalThis.inside && {SEEN['']}")
    took: dict[str, list[float]] = {page: [] for page in SEEN}
    for _ in range(1 + ROUNDS):
        for page in (*list(SEEN)[1:], ""):
            took[page].append(visitor.page.evaluate(CLICK % SEEN[page], page))
            time.sleep(0.5)  # whoever clicks on has looked
    visitor.close()
    return {page: statistics.median(values[1:]) for page, values in took.items()}


def _worst(name: str, medians: dict[str, float], unit: str, most: float) -> Bar:
    slowest = max(medians, key=medians.__getitem__)
    others = ", ".join(
        f"{page or 'start'} {value:.2f}" if unit == "s" else f"{page or 'start'} {value:.0f}" for page, value in medians.items()
    )
    return Bar(name, medians[slowest], unit, most=most, note=f"median of {ROUNDS}: {others}")
