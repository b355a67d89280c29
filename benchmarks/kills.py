"""Kill what trains at random instants, let the run go on, and compare: `python -m benchmarks.kills --kills 500`.

Short real runs, each killed until one attempt comes to its end; then its snapshots and all it said must be those of a run that nobody
disturbed. What stood in the folder up to the last checkpoint must be there after every kill. Kinds of kills, in turn: the worker; the
worker while it writes a snapshot or a checkpoint; the server it belongs to; both at once. Then disks that fill.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue
from typing import Annotated, Any

import psutil
import typer
from safetensors import safe_open

from llmviz.core.run import RunRef, parse
from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import to_json
from llmviz.runs import tail
from llmviz.runs.engine import State
from llmviz.runs.folder import RunFolder
from llmviz.runs.process import Message, Process
from llmviz.runs.recordings import HERE
from llmviz.runs.store import Store

TAKEN = ("seconds", "peak_memory", "base_memory")  # what depends on the machine and its mood
STEPS, LONGEST = 60, 3.0  # of a run; seconds after its start within which it is killed
PATIENCE = 600.0  # seconds; on a machine that is full of other work a server takes minutes to begin
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
KINDS = ("worker", "writing", "server", "both")
FULL = (300, 2_500)  # kilobytes of the disks that fill: a run leaves some three thousand


def outcome(folder: RunFolder) -> tuple[str, list[dict[str, Any]]]:
    """All a run leaves, without the seconds and the memory it took: a hash over its snapshots, and what it said."""
    digest = hashlib.sha256()
    for step in folder.snapshots():
        digest.update(str(step).encode() + (folder.snapshot(step) / "model.safetensors").read_bytes())
    said = [to_json(update) for update in tail.updates(folder.updates)]
    return digest.hexdigest(), [{name: value for name, value in update.items() if name not in TAKEN} for update in said]


class Victim:
    """A program that trains one run to its end: a worker alone, or a server of ours with its workers."""

    def __init__(self, home: Path, run: RunRef, server: bool) -> None:
        self._said: Queue[Message | None] = Queue()
        self._began = False
        if server:
            self._served = subprocess.Popen([sys.executable, "-m", "benchmarks.kills", "--serve", run.key, "--home", str(home)])
            self.process = psutil.Process(self._served.pid)
            return
        arguments = ["train", "--home", str(home), "--recordings", str(HERE)]
        worker = Process(arguments, home / "logs" / "train.log", lambda _, said: self._said.put(said), lambda _: self._said.put(None))
        worker.send({"do": "train", "run": run.key})
        self.process = psutil.Process(worker.pid)

    def training(self, store: Store, run: RunRef) -> bool:
        """Wait until it trains; False where it ended before."""
        before = _size(store, run)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.ended or _size(store, run) != before:
                return not self.ended
            time.sleep(0.005)
        raise RuntimeError("the run does not begin")

    @property
    def ended(self) -> bool:
        """Whether nothing of it trains any more: a worker says so and waits for another run, a server leaves."""
        with suppress(Empty):
            while True:
                said = self._said.get_nowait()
                self._began = self._began or said is None or said["say"] == "ended"
        return self._began or not self.process.is_running() or self.process.status() == psutil.STATUS_ZOMBIE

    def kill(self, kind: str) -> None:
        """Kill it, or what the kind says of it; wait until nothing of it is left."""
        family = []
        with suppress(psutil.NoSuchProcess):
            family = [self.process, *self.process.children(recursive=True)]
        for process in family if kind == "both" else family[:1]:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(KILL)
        _, alive = psutil.wait_procs(family, timeout=PATIENCE)
        if alive:
            raise RuntimeError(f"{len(alive)} programs outlive a kill of the {kind}")


def _size(store: Store, run: RunRef) -> int:
    updates = store.folder(run).updates
    return updates.stat().st_size if updates.exists() else 0


def _checkpoint(folder: RunFolder) -> tuple[int, int]:
    """Bytes of updates that the last checkpoint counts on, and its step; zeros where there is none."""
    if not folder.checkpoint.exists():
        return 0, 0
    with safe_open(folder.checkpoint, framework="numpy") as opened:
        notes = opened.metadata()
    return int(notes["bytes"]), int(notes["step"])


def _written(folder: RunFolder) -> bool:
    """Whether a snapshot or a checkpoint is being written."""
    return (folder.path / ".checkpoint").exists() or any((folder.path / "snapshots").glob(".*"))


def killed(store: Store, run: RunRef, kind: str, dice: random.Random) -> tuple[bool, int]:
    """Train it in a program that is killed; whether it was done before, and the steps that have to be trained again.

    Raises AssertionError where anything is lost that the last checkpoint had.
    """
    folder = store.folder(run)
    victim = Victim(store.home, run, server=kind in ("server", "both"))
    if victim.training(store, run):
        end = time.monotonic() + dice.uniform(0, LONGEST)
        while time.monotonic() < end and not victim.ended:
            time.sleep(0.001)
        while kind == "writing" and not victim.ended and not _written(folder):
            time.sleep(0.0002)
    before = folder.updates.read_bytes()
    kept, _ = _checkpoint(folder)
    victim.kill(kind)
    counts, step = _checkpoint(folder)
    after = folder.updates.read_bytes()
    assert counts >= kept or not folder.checkpoint.exists(), "a checkpoint was put back"
    assert after.startswith(before[: before.rfind(b"\n") + 1]) and len(after) >= counts, "updates are lost"
    state = store.status(run).state
    assert state in (State.DONE, State.INTERRUPTED, State.STOPPED), state
    return state is State.DONE, 0 if state is State.DONE else tail.Histories().look(folder.updates).step - step


def serve(run: RunRef, home: Path) -> None:
    """Be the server: let the run go on, to its end."""
    from llmviz.runs.local import LocalEngine

    engine = LocalEngine(home, workers=1)
    engine.resume(run, "somebody")
    while engine.status(run, "somebody").state not in (State.DONE, State.FAILED):
        time.sleep(0.05)
    engine.close()


def filled(home: Path, spec: RunSpec, kilobytes: int) -> tuple[str, list[dict[str, Any]]]:
    """Train on a disk that has so little room, and go on when it has more; what the run leaves. Linux, as root."""
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(home)], check=True)
    try:
        store = Store(home)
        run, claim = store.create(spec)
        claim.release()
        last = _attempt(home, run)
        assert last["type"] == "failed" and "disk is full" in last["reason"], last
        subprocess.run(["mount", "-o", "remount,size=64m", str(home)], check=True)
        last = _attempt(home, run)
        assert last["type"] == "done", last
        return outcome(store.folder(run))
    finally:
        subprocess.run(["umount", str(home)], check=True)


def _attempt(home: Path, run: RunRef) -> dict[str, Any]:
    """Train in a program of its own until it ends; its last update."""
    command = [sys.executable, "-m", "benchmarks.kills", "--attempt", run.key, "--home", str(home)]
    found: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1])
    return found


def attempt(run: RunRef, home: Path) -> None:
    """Train in this program, and print the last update."""
    from llmviz.runs.worker import resume

    *_, last = resume(run, home)
    typer.echo(json.dumps(to_json(last)))


def main(
    kills: Annotated[int, typer.Option(min=0)] = 500,
    disks: Annotated[int, typer.Option(min=0, help="How many disks fill; as root on Linux.")] = 10,
    seed: int = 0,
    serve_run: Annotated[str, typer.Option("--serve", hidden=True)] = "",
    attempt_run: Annotated[str, typer.Option("--attempt", hidden=True)] = "",
    home: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Kill, go on, compare. Ends with status 1 at the first thing that is lost."""
    if home:
        return serve(parse(serve_run), home) if serve_run else attempt(parse(attempt_run), home)
    os.environ["OMP_NUM_THREADS"] = "1"
    dice, usual, began = random.Random(seed), preset("mlm"), time.monotonic()
    spec = replace(usual, train=replace(usual.train, steps=STEPS, batch_size=8))
    count, again, runs = Counter[str](), Counter[str](), 0
    with tempfile.TemporaryDirectory(prefix="llmviz-kills-", ignore_cleanup_errors=True) as folder:
        store = Store(Path(folder) / "killed")
        undisturbed = Store(Path(folder) / "whole")
        whole, claim = undisturbed.create(spec)
        claim.release()
        assert _attempt(undisturbed.home, whole)["type"] == "done"
        wanted = outcome(undisturbed.folder(whole))
        while count.total() < kills:
            run, claim = store.create(spec)
            claim.release()
            done = False
            while not done:
                kind = KINDS[count.total() % len(KINDS)]
                done, steps = killed(store, run, kind, dice)
                count[kind] += not done
                again[kind] += steps
            assert outcome(store.folder(run)) == wanted, "a run that was killed ended elsewhere"
            runs += 1
            typer.echo(f"{count.total()} kills, {runs} runs equal to the undisturbed one, {time.monotonic() - began:.0f} s")
        for number in range(disks):
            kilobytes = dice.randint(*FULL)
            assert filled(Path(folder) / f"full-{number}", spec, kilobytes) == wanted, "a run on a disk that filled ended elsewhere"
            typer.echo(f"a disk of {kilobytes} kB filled, and the run ended as the undisturbed one")
    for kind, times in count.items():
        typer.echo(f"{kind}: {times} kills, nothing lost before the last checkpoint; {again[kind] / times:.1f} steps a kill trained again")


if __name__ == "__main__":
    typer.run(main)
