"""A browser, and the app for it: once on the fake engine, once on the real one."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from llmviz.runs.check import browser_file

ROOT = Path(__file__).parents[2]
MISSING = "no browser for the tests: install Chromium, Google Chrome or Microsoft Edge (Debian: apt-get install chromium-headless-shell)"

expect.set_options(timeout=20_000)  # milliseconds; five, as is usual, are too few for a page while every core runs tests


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    file = browser_file()
    if file is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        # One process draws all pages of this machine, and need not compile the app's scripts anew for each: a sixth of a page's opening.
        args = ["--no-sandbox", "--disable-background-networking", "--font-render-hinting=none", "--process-per-site"]
        opened = playwright.chromium.launch(executable_path=file, args=args)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """Pages of one visitor share what the browser keeps of the app's scripts: to load them anew takes a third of a short test."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        stays = context.new_page()  # its process would go with its last page
        stays.route("**", lambda route: route.fulfill(body="", content_type="text/html"))
        stays.goto("http://localhost/")
        yield context


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A page of 1440 by 900 that must not complain and must not ask anyone but this machine for anything."""
    opened = visitor.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda line: complaints.append(line.text) if line.type == "error" and not _probe(line.location["url"]) else None)
    opened.on("request", lambda request: complaints.append(request.url) if not _local(request.url) else None)
    yield opened
    if _local(opened.url):
        opened.evaluate("() => (localStorage.clear(), sessionStorage.clear())")  # the next test is somebody new
    visitor.clear_cookies()
    opened.close()
    assert complaints == []


@pytest.fixture(scope="session")
def fake_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app on the fake engine."""
    yield from serve("tests/ui/fake_app.py", tmp_path_factory.mktemp("fake-home"))


@pytest.fixture(scope="session")
def real_app(home: Path) -> Iterator[str]:
    """The address of the app as users start it."""
    yield from serve("app.py", home)


@pytest.fixture
def new_app(home: Path) -> Iterator[str]:
    """The address of an app, as users start it, that nobody has visited."""
    yield from serve("app.py", home)


def serve(script: str, home: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llmviz.ui.serve", script, "--server.port", str(port)]
    environment = os.environ | {"LLMVIZ_HOME": str(home)}
    log = home / f"server-{port}.log"  # one home may see several servers
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    address = f"http://localhost:{port}"
    try:
        _wait(f"{address}/_stcore/health", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(20)
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said, said[said.index("Traceback") :][:5_000]


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the app does not start:\n{log.read_text()}")


def _local(address: str) -> bool:
    return address.startswith(("http://localhost:", "ws://localhost:", "blob:", "data:"))


def _probe(address: str) -> bool:
    """Whether Streamlit looks for its server below the address of a page, before it looks where it is."""
    return address.endswith(("/_stcore/health", "/_stcore/host-config"))
