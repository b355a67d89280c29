"""A visitor without a browser, who says over the socket of Streamlit's page what no page of ours would; and a server to say it to."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.sync.client import ClientConnection, connect

from benchmarks import protocol

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@contextmanager
def serving(script: str, home: Path, **limits: object) -> Iterator[tuple[str, psutil.Process]]:
    """The app as users start it, with these limits: its address, and its process."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llmviz.ui.serve", script, "--server.port", str(port)]
    with (home / "server.log").open("w") as output:
        environment = os.environ | {"LLMVIZ_HOME": str(home), "LLMVIZ_WORKERS": "1"}
        environment |= {f"LLMVIZ_{name.upper()}": str(value) for name, value in limits.items()}
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=output)
    try:
        _wait(f"http://localhost:{port}/_stcore/health", server)
        yield f"localhost:{port}", psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except OSError:
            assert server.poll() is None and time.monotonic() < end, "the server does not start"
            time.sleep(0.1)


@contextmanager
def visiting(address: str, **headers: str) -> Iterator[ClientConnection]:
    """A session of a new visitor."""
    with connect(protocol.stream(address), **protocol.opening(address, headers)) as opened:
        yield opened


def ask(opened: ClientConnection, page: str = "") -> None:
    """Let the page of this address be drawn; wait for nothing."""
    opened.send(protocol.rerun(page=page))


def rerun(opened: ClientConnection, page: str = "") -> str:
    """Let the page be drawn once, to its end; the name of the session."""
    ask(opened, page)
    shown = protocol.Shown()
    while shown.hear(opened.recv(timeout=PATIENCE, decode=False)).WhichOneof("type") != "script_finished":
        pass
    return shown.session


def clear_cache(opened: ClientConnection) -> None:
    """Say what Streamlit's own menu says."""
    opened.send(BackMsg(clear_cache=True).SerializeToString())


def workers(server: psutil.Process) -> set[int]:
    """The process numbers of its workers."""
    return {child.pid for child in server.children(recursive=True) if "llmviz.runs.worker" in child.cmdline()}
