"""A visitor with a stopwatch: opens the page, hides words, scrubs and trains in a real browser, and times what is seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from llmviz.runs.check import browser_file
from tests.e2e.conftest import MISSING

PATIENCE = 20_000  # milliseconds for anything to appear
LONGEST_END = 120_000  # the first run on a machine works out the exact bounds of its test texts

# Our components draw into shadow roots; `inside` looks into all of them below the element with a Streamlit key.
STOPWATCH = """
globalThis.inside = (key, selector) => {
  const found = [];
  const walk = (root) => {
    found.push(...root.querySelectorAll(selector));
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) walk(element.shadowRoot);
  };
  for (const area of document.querySelectorAll(".st-key-" + key)) walk(area);
  return found;
};
globalThis.painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))));
globalThis.timed = async (act, seen) => {
  const start = performance.now();
  act();
  while (!seen()) {
    if (performance.now() - start > 30000) throw new Error("nothing was seen within 30 seconds");
    await painted();
  }
  return await painted() - start;
};
globalThis.gaps = () => inside("bars", ".gap").filter((gap) => gap.querySelector(".share")?.textContent).length;
"""
PAINTED = "() => globalThis.inside && inside('strip', '.token').length > 0 && inside('curve', 'path.held').length > 0 && gaps() > 0"
HIDE = """
(place) => { const now = gaps(); return timed(() => inside("strip", ".token")[place].click(), () => gaps() > now); }
"""
SCRUB = """
(key) => {
  const title = () => inside("bars", "h3")[0].textContent;
  const thumb = inside("curve", "[role=slider]")[0], before = title();
  return timed(() => thumb.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })), () => title() !== before);
}
"""
TRAIN = """
() => {
  const label = () => inside("curve", "svg")[0]?.getAttribute("aria-label");
  const before = label();
  const first = () => label() && label() !== before && inside("curve", "path.batch").length > 0;
  return timed(() => document.querySelector(".st-key-train button").click(), first);
}
"""
BUSY = "() => document.querySelector('.st-key-stop button:not([disabled])') !== null"
IDLE = "() => document.querySelector('.st-key-train button:not([disabled])') !== null"


class Visitor:
    """One browser tab at one app."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.outside: list[str] = []
        self._context = browser.new_context(viewport={"width": 1440, "height": 900})
        self._context.add_init_script(STOPWATCH)
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("request", lambda request: self._note(request.url))

    def open(self, **parameters: str | int) -> None:
        """Go to the page at these settings and wait until sentence, candidates and curve are drawn."""
        self.page.goto(f"{self.url}/masked-tokens?{urlencode(parameters)}", wait_until="commit")
        self.page.wait_for_function(PAINTED)

    def open_empty(self, **parameters: str | int) -> None:
        """Go to the page at settings with which nothing has been trained, and wait until it can be."""
        self.page.goto(f"{self.url}/masked-tokens?{urlencode(parameters)}", wait_until="commit")
        self.page.wait_for_function(IDLE)

    def hide(self, place: int) -> float:
        """Hide a word; milliseconds until its candidates are drawn."""
        return cast(float, self.page.evaluate(HIDE, place))

    def scrub(self, key: str) -> float:
        """Move the slider by a key; milliseconds until everything is drawn for the other step."""
        return cast(float, self.page.evaluate(SCRUB, key))

    def train(self) -> float:
        """Press Train live; milliseconds until the first batch of the new run is on the curve."""
        return cast(float, self.page.evaluate(TRAIN))

    def stop(self) -> None:
        """Stop the run, where it has not ended by itself, and wait until it has."""
        self.page.wait_for_function(f"() => ({BUSY})() || ({IDLE})()")
        if self.page.evaluate(BUSY):
            self.page.locator(".st-key-stop button").click()
        self.ended()

    def ended(self) -> None:
        """Wait until nothing trains any more, the final test on a thousand texts included."""
        self.page.wait_for_function(IDLE, timeout=LONGEST_END)

    def close(self) -> None:
        """Leave."""
        self._context.close()

    def _note(self, url: str) -> None:
        if urlsplit(url).hostname not in ("localhost", "127.0.0.1", None):
            self.outside.append(url)


@contextmanager
def browser() -> Iterator[Browser]:
    """An installed Chromium, Chrome or Edge without a window. Raises RuntimeError where there is none."""
    found = browser_file()
    if found is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=found, args=flags)
        yield opened
        opened.close()
