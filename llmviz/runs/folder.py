"""One run on disk: its files, written so that a kill at any instant leaves them readable.

    spec.json               what is trained
    notes.json              code, versions, processor, start
    owner                   a digest of the name of the browser it belongs to, where it belongs to one
    updates.jsonl           one update a line
    tokenizer.json          how the models of all snapshots read; beside it tokenizer_config.json
    snapshots/<step>/       config.json, model.safetensors
    checkpoint.safetensors  from here an unfinished run goes on

Knows files; knows no model and no process.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from llmviz.core import spec as specs
from llmviz.core import update as updates
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done, Failed, Stopped, Update

LONGEST_LINE = 65_536  # bytes; an update is below 2,000
SHARED = ("tokenizer.json", "tokenizer_config.json")  # as large as a tenth of the smallest weights, and the same in all snapshots
UNREADABLE = "the folder of this run is damaged: updates.jsonl cannot be read"


@dataclass(frozen=True)
class RunFolder:
    """The files of one attempt or recording."""

    path: Path

    @property
    def updates(self) -> Path:
        """The updates, one JSON object a line."""
        return self.path / "updates.jsonl"

    @property
    def checkpoint(self) -> Path:
        """Weights and optimiser in full precision."""
        return self.path / "checkpoint.safetensors"

    @property
    def error_log(self) -> Path:
        """The traceback of a failure."""
        return self.path / "error.log"

    @property
    def answers(self) -> Path:
        """A folder with the answers a recording keeps to the questions its pages open with, a file each."""
        return self.path / "answers"

    def create(self, spec: RunSpec, notes: dict[str, Any]) -> None:
        """Make the folder. Raises FileExistsError where there is one."""
        self.path.mkdir(parents=True)
        write(self.path / "spec.json", as_json(specs.to_json(spec)))
        write(self.path / "notes.json", as_json(notes))

    def spec(self) -> RunSpec:
        """What is trained. Raises ValueError for a folder that is missing, damaged or of an older recipe."""
        try:
            written = (self.path / "spec.json").stat()
        except OSError:
            return specs.from_json(self.spec_json())  # which says why there is none
        return _spec(self, written.st_mtime_ns, written.st_size)

    def spec_json(self) -> dict[str, Any]:
        """The spec as written, of whatever recipe. Raises ValueError where it cannot be read."""
        return self._json("spec.json")

    def notes(self) -> dict[str, Any]:
        """What was noted beside the spec."""
        return self._json("notes.json")

    @property
    def weights(self) -> Mapping[str, str]:
        """By role the SHA-256 of the weights that it is made from, as it noted it when it began; none of a run made before it did."""
        try:
            found = self.notes().get("inputs")
        except ValueError:
            return {}
        return {str(role): str(digest) for role, digest in found.items()} if isinstance(found, dict) else {}

    def note(self, **more: Any) -> None:
        """Note this too, where it is not noted yet."""
        write(self.path / "notes.json", as_json(more | self.notes()))

    def _json(self, name: str) -> dict[str, Any]:
        try:
            written = json.loads((self.path / name).read_bytes())
        except FileNotFoundError:
            raise ValueError("this run is not on this machine, or has been deleted") from None
        except (OSError, ValueError, RecursionError) as problem:
            raise ValueError(f"the folder of this run is damaged: {name} cannot be read") from problem
        if not isinstance(written, dict):
            raise ValueError(f"the folder of this run is damaged: {name} is not a description")
        return written

    def snapshot(self, step: int) -> Path:
        """The folder of one snapshot, which may not exist."""
        return self.path / "snapshots" / str(step)

    def snapshots(self) -> list[int]:
        """The steps of which there is a snapshot, ascending. Raises ValueError where the folder cannot be read."""
        folder = self.path / "snapshots"
        try:
            return sorted(int(item.name) for item in folder.iterdir() if item.name.isdecimal()) if folder.is_dir() else []
        except OSError as problem:
            raise ValueError("the folder of this run is damaged: its snapshots cannot be read") from problem

    def keep(self, step: int, save: Callable[[Path], None]) -> None:
        """Let `save` write a snapshot; it appears whole or not at all. What is the same in all of them is kept beside them, before it."""
        partial = self.path / "snapshots" / f".{step}"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        save(partial)
        for own in (partial / name for name in SHARED):
            if own.is_file():
                _share(own, self.path / own.name)
        partial.rename(self.snapshot(step))

    @property
    def shared(self) -> list[Path]:
        """The files that are the same for all snapshots, those that there are."""
        return [file for file in (self.path / name for name in SHARED) if file.is_file()]

    def tokenizer(self) -> Path:
        """The tokenizer.json, which in a run made before runs had one for all is that of a snapshot. Raises ValueError before the first."""
        steps = self.snapshots()
        if not steps:
            raise ValueError("this run has no snapshot yet")
        return next((file for file in self.shared if file.name == "tokenizer.json"), self.snapshot(steps[0]) / "tokenizer.json")

    def forget_snapshots_but(self, kept: set[int]) -> None:
        """Remove every snapshot, finished or not, of other steps than these."""
        for item in (self.path / "snapshots").glob("*"):
            if not (item.name.isdecimal() and int(item.name) in kept):
                shutil.rmtree(item)

    def ending(self) -> Done | Stopped | Failed | None:
        """The last update, where it is an end; None for a run cut short or under way."""
        last = read_updates(self._last_lines()[-1:])
        return last[0] if last and isinstance(last[0], Done | Stopped | Failed) else None

    def lately(self) -> list[Update]:
        """The last updates: all of a short run, some hundred of a long one."""
        return read_updates(self._last_lines())

    def _last_lines(self) -> list[bytes]:
        """The last whole lines of the updates, as many as LONGEST_LINE bytes hold."""
        try:
            with self.updates.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - LONGEST_LINE))
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as problem:
            raise ValueError(UNREADABLE) from problem
        return lines[size > LONGEST_LINE : -1]  # the first may be cut; after the final newline comes an empty or torn line

    def say(self, update: Update) -> None:
        """Append an update to those there are, if any."""
        with UpdateLog(self, keep=self.updates.stat().st_size if self.updates.exists() else 0) as log:
            log.append(update)

    def size(self) -> int:
        """Bytes of all files that can be seen. A run under way may take one away meanwhile."""
        total = 0
        for item in self.path.rglob("*"):
            with suppress(OSError):
                total += item.stat().st_size if item.is_file() else 0
        return total


class UpdateLog:
    """The open updates.jsonl of a run that trains. Keeps the first `keep` bytes and appends."""

    def __init__(self, folder: RunFolder, keep: int) -> None:
        self._file = folder.updates.open("ab", buffering=0)  # unbuffered: what is said survives a kill
        if self._file.tell() < keep:
            self._file.close()
            raise ValueError("the folder of this run is damaged: updates are missing; train it anew")
        self._file.truncate(keep)
        self.bytes = keep

    def append(self, update: Update) -> None:
        """Write one update, whole or not at all."""
        line = json.dumps(updates.to_json(update), ensure_ascii=False, allow_nan=True).encode() + b"\n"
        try:
            written = 0
            while written < len(line):
                written += self._file.write(line[written:]) or 0
        except OSError:
            self._file.truncate(self.bytes)  # a full disk may have taken half a line
            raise
        self.bytes += len(line)

    def sync(self) -> None:
        """Return once all that was written would survive a power cut."""
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()


@lru_cache(maxsize=512)
def _spec(folder: RunFolder, *_: int) -> RunSpec:
    """The spec in this folder, as it was written last: pages ask for it several times each time they are drawn."""
    return specs.from_json(folder.spec_json())


def read_updates(lines: Iterable[bytes]) -> list[Update]:
    """The updates on these lines, those of a retired kind left out. Raises ValueError for a damaged line."""
    try:
        written = [json.loads(line) for line in lines]
        return [updates.from_json(each) for each in written if not (isinstance(each, dict) and each.get("type") in updates.RETIRED)]
    except (ValueError, TypeError, RecursionError) as problem:
        raise ValueError(UNREADABLE) from problem


def _share(own: Path, common: Path) -> None:
    """Move a snapshot's own file to where all snapshots have it; one that differs stays where it is."""
    content = own.read_bytes()
    if not common.is_file():
        write(common, content)
    if common.read_bytes() == content:
        own.unlink()


def digest(snapshot: Path) -> str:
    """SHA-256 of the weights in this folder, as the file of them is. Raises ValueError where there are none."""
    try:
        return hashlib.sha256((snapshot / "model.safetensors").read_bytes()).hexdigest()
    except OSError as problem:
        raise ValueError(f"the weights in {snapshot.name} cannot be read") from problem


def as_json(value: Any) -> bytes:
    """Readable JSON, keys sorted."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def write(file: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all."""
    partial = file.with_name(f".{file.name}")
    partial.write_bytes(content)
    partial.replace(file)


def sync_file(path: Path) -> None:
    """Return once a finished file would survive a power cut."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
