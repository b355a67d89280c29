"""Takes in a run that came as a zip, in a program of its own, `python -m llmviz.runs.rebuild FOLDER`: what it leaves our own code wrote.

Unpacking, reading and checking may take gigabytes, hang, or end the program that does it, if somebody has made the file for that. So the
server never opens the file. It starts this program, under a cap of memory and time, and moves what it leaves in place if it says so.
"""

import argparse
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from llmviz.core import spec as specs
from llmviz.core import update as updates
from llmviz.runs import parcel
from llmviz.runs.folder import RunFolder, write
from llmviz.runs.process import environment

MOST_SECONDS = 120.0  # a run of 32 snapshots of the largest size takes ten on two cores that are busy, most of them to load torch
MOST_MEMORY = 2_000_000_000  # bytes of data; such a run takes 0.4 billion, and LoRA loads more libraries
PATIENCE = 60.0  # seconds to wait while another file is looked at: one at a time, so that many take no more memory than one
POLITENESS = 10  # added to the niceness, as for a worker that trains
BUSY = "another file is being looked at; try again in a minute"
ENDED = (
    f"this file could not be taken in: to look at it took more than {MOST_MEMORY / 1e9:.0f} GB or {MOST_SECONDS:.0f} seconds, "
    "or ended the program that did"
)
OURS = "llmviz.runs.worker:Real"
FILE, REBUILT, SAID = "run.zip", "rebuilt", "said.json"
LONGEST_SENTENCE = 300  # letters of what is wrong
LONGEST_SAID = 12 * LONGEST_SENTENCE + 100  # bytes: a letter may be written as twelve

_one_at_a_time = threading.Lock()


def rebuild(file: BinaryIO, place: Path, workshop: str = OURS) -> RunFolder:
    """The run in a zip, rebuilt in a folder below a new one. Raises ValueError, in a sentence; the caller removes what lies there."""
    place.mkdir(parents=True)
    file.seek(0)
    with (place / FILE).open("xb") as copy:
        while block := file.read(parcel.BLOCK):
            copy.write(block)
            if copy.tell() > parcel.MOST_BYTES:
                raise ValueError(f"this file has more than the {parcel.MOST_BYTES / 1e6:,.0f} MB there is room for")
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise ValueError(BUSY)
    try:
        said = _said([sys.executable, "-m", __name__, str(place), "--workshop", workshop], place / SAID)
    finally:
        _one_at_a_time.release()
    if said.get("problem"):
        raise ValueError(str(said["problem"]))
    if said.get("done") is not True:
        raise ValueError(ENDED)
    return RunFolder(place / REBUILT)


def _said(program: Sequence[str], file: Path) -> dict[str, object]:
    """What the program says before it ends; nothing where it does not end by itself."""
    with file.open("xb") as output:
        running = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, env=environment())
    try:
        code = running.wait(MOST_SECONDS)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
    with file.open("rb") as written, suppress(ValueError):
        said = json.loads(written.read(LONGEST_SAID))
        return said if code == 0 and isinstance(said, dict) else {}
    return {}


def main() -> None:
    """Unpack, check and write anew; say in one line of JSON that it is done, or what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("place", type=Path)
    parser.add_argument("--workshop", default=OURS)
    given = parser.parse_args()
    _cap()
    from llmviz.runs import worker  # imports here: the server needs none of it
    from llmviz.runs.attempt import sentence

    output = worker.private_output()
    try:
        _rebuild(given.place, given.workshop)
        said: dict[str, object] = {"done": True}
    except MemoryError:
        said = {"problem": ENDED}
    except Exception as problem:  # whatever somebody has thought of: the file is refused
        known = isinstance(problem, ValueError | OSError)
        said = {"problem": sentence(problem) if known else f"the archive is damaged ({type(problem).__name__})"}
    said = {name: value[:LONGEST_SENTENCE] if isinstance(value, str) else value for name, value in said.items()}
    output.write(json.dumps(said).encode())
    output.flush()


def _cap() -> None:
    """Let the system end this program where it takes too much. Windows has no such caps: there it is the time alone."""
    import os

    with suppress(ImportError, ValueError, OSError):
        os.nice(POLITENESS)
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (int(MOST_SECONDS), int(MOST_SECONDS)))
        resource.setrlimit(resource.RLIMIT_FSIZE, (parcel.MOST_BYTES, parcel.MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


def _rebuild(place: Path, workshop: str) -> None:
    from llmviz.runs import worker

    bench = worker.load_workshop(workshop)
    with (place / FILE).open("rb") as file:
        came = parcel.unpack(file, place / "came")
    spec, said = came.spec(), parcel.updates(came)
    made = RunFolder(place / REBUILT)
    imported = {"imported": datetime.now(UTC).isoformat(timespec="seconds")}
    made.create(spec, parcel.notes(came) | imported)
    written = b"".join(json.dumps(updates.to_json(update), ensure_ascii=False).encode() + b"\n" for update in said)
    write(made.updates, written)
    for step in came.snapshots():
        own = came.snapshot(step) / "tokenizer.json"
        snapshot = bench.rebuilt(spec, came.snapshot(step), own if own.exists() else came.path / own.name)
        made.keep(step, snapshot.save)
    if came.checkpoint.exists():
        snapshot.save_checkpoint(came.checkpoint, made.checkpoint, written)
    specs.from_json(made.spec_json())  # what was written is what is read


if __name__ == "__main__":
    main()
