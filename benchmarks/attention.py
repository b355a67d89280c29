"""How soon a sentence's attention through all snapshots of a run is there to scrub, seen from a browser."""

import statistics
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.bar import Bar
from benchmarks.browser import BUSY, Visitor, browser
from benchmarks.server import running

SHORT = 60  # steps of a run: it keeps as many snapshots as a long one
# 24 tokens, the full stops among them and [CLS] and [SEP] left out; NAME changes so that no answer is known from before.
SENTENCE = "{name} found a dog near the river . the dog barks . in Spain , Madrid is the capital . she is happy ."
NAMES = ("Anna", "Tom", "Maria", "Leo", "Rosa", "Ben")
PATIENCE = 60_000  # milliseconds
# The maps of a sentence are there when its tokens stand between [CLS] and [SEP], which only an answer brings.
THERE = """
(words) => inside("maps", ".token").map((token) => token.textContent).join(" ") === words
   && inside("maps", ".out path").length > 0
"""


def bars(home: Path) -> Iterator[Bar]:
    """Milliseconds from the Enter key to the maps of all snapshots, the slider working."""
    with browser() as opened, running(home) as server:
        server.wait()
        visitor = Visitor(opened, server.url)
        page = visitor.page
        page.set_default_timeout(PATIENCE)
        page.goto(server.url)
        page.locator(".st-key-train").wait_for()
        page.goto(f"{server.url}/attention-maps?steps={SHORT}&seed=1")
        page.locator(".st-key-train button:not([disabled])").click()
        page.wait_for_function(BUSY)
        visitor.ended()
        took = [_typed(page, SENTENCE.format(name=name)) for name in NAMES][1:]  # the first fills what is filled once
        snapshots = page.locator(".curve .stop").count()
        visitor.close()
    about = f"{len(SENTENCE.split())} tokens, {snapshots} snapshots; median of {len(took)}, worst {max(took):,.0f}"
    yield Bar("type → attention ready to scrub", statistics.median(took), "ms", most=500, note=about)


def _typed(page: Page, sentence: str) -> float:
    """Milliseconds from Enter to the sentence's maps."""
    page.get_by_label("Your sentence").fill(sentence)
    began = page.evaluate("performance.now()")
    page.keyboard.press("Enter")
    page.wait_for_function(THERE, arg=f"[CLS] {sentence} [SEP]")
    return float(page.evaluate("performance.now()") - began)
