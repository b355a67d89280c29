"""A whole run as one zip, for another machine; and the way back, which trusts nothing.

    spec.json, notes.json, updates.jsonl, checkpoint.safetensors where the run is unfinished, tokenizer.json and tokenizer_config.json,
    snapshots/<step>/*.json and *.safetensors

What comes in is read member by member under a cap, into memory no longer than one file. What its models and tokenizers are is not looked at
here: see `rebuild`, which makes them anew.
"""

import lzma
import re
import shutil
import stat
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from safetensors import numpy as safetensors

from llmviz.core.eight_bits import SCALE, widened
from llmviz.core.update import Begin, Done, Score, Snapshot, Update, holds_what_it_should
from llmviz.runs import tail
from llmviz.runs.folder import LONGEST_LINE, SHARED, RunFolder, read_updates

MOST_BYTES = 300_000_000  # unpacked: a third more than 32 snapshots of the largest model take
MOST_FILES = 240  # 32 snapshots of at most seven files, and six beside them
MOST_TEXT = 16_000_000  # bytes of one JSON file: the updates of 20,000 steps are some 3 million
MOST_NOTES = 50  # notes of at most LONGEST_NOTE letters
LONGEST_NOTE = 200
BLOCK = 1_000_000
BESIDE_ANOTHER = (
    "this run keeps what it learnt beside a model from elsewhere, and is none without it; `python -m llmviz export` writes both in one"
)
_OF_A_SNAPSHOT = r"(config|transfer|tokenizer|tokenizer_config)\.json|(model|factors|old_head)\.safetensors"
SNAPSHOT = re.compile(rf"snapshots/(0|[1-9][0-9]{{0,5}})/({_OF_A_SNAPSHOT})")
FIGURE = re.compile("[a-z][a-z0-9_]{0,60}")  # the name of one: it becomes a column of a table
BESIDE = ("spec.json", "notes.json", "updates.jsonl", "checkpoint.safetensors", *SHARED)
NEEDED = ("config.json", "model.safetensors")
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".npy", ".npz")


def pack(run: RunFolder, to: BinaryIO) -> None:
    """Write the run as a zip; equal runs give equal bytes. Raises ValueError where it has no snapshot yet, or is no whole run."""
    if run.spec().foreign:
        raise ValueError(BESIDE_ANOTHER)
    kept = {update.step for update in tail.updates(run.updates) if isinstance(update, Snapshot)} & set(run.snapshots())
    if not kept:
        raise ValueError("this run has no snapshot yet")
    files = [run.path / name for name in BESIDE] + [file for step in sorted(kept) for file in sorted(run.snapshot(step).iterdir())]
    with ZipFile(to, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files:
            if file.exists():
                content = file.read_bytes()
                if file == run.updates:
                    content = content[: content.rfind(b"\n") + 1]  # a kill may have torn the last line
                elif file.name == "model.safetensors":
                    content = _in_half(content)
                archive.writestr(ZipInfo(file.relative_to(run.path).as_posix()), content, ZIP_DEFLATED, compresslevel=1)


def _in_half(weights: bytes) -> bytes:
    """The same weights, in half precision where they are kept in eight bits: who reads a zip knows nothing else."""
    head = weights[8 : 8 + int.from_bytes(weights[:8], "little")]  # the names, as JSON
    if f'{SCALE}"'.encode() not in head:
        return weights
    return safetensors.save(widened(safetensors.load(weights)), {"format": "pt"})


def unpack(file: BinaryIO, to: Path) -> RunFolder:
    """Write the run that is in this zip into a new folder, and check it. Raises ValueError, in a sentence, and leaves nothing behind."""
    try:
        with ZipFile(file) as archive:
            members = list(_members(archive))
            to.mkdir(parents=True)
            room = MOST_BYTES
            for member in members:
                room -= _write(archive, member, to / member.filename, room)
        folder = RunFolder(to)
        _check(folder)
    # No archive, one cut off, one packed in another way, one whose bytes do not unfold: zipfile lets each through as it comes.
    # RuntimeError: also what is packed in a way this Python does not know, or nested without end.
    except (BadZipFile, EOFError, OverflowError, RuntimeError, UnicodeError, struct.error, zlib.error, lzma.LZMAError) as problem:
        shutil.rmtree(to, ignore_errors=True)
        raise ValueError("this file is not a zip archive that can be read; a run is exported as one") from problem
    except BaseException:
        shutil.rmtree(to, ignore_errors=True)
        raise
    return folder


def _members(archive: ZipFile) -> Iterator[ZipInfo]:
    """The files of the archive, every name and kind checked before the first is read."""
    seen = set()
    for member in archive.infolist():
        name = member.filename
        shown = repr(name[:60])
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in name:
            raise ValueError(f"the archive holds {shown}, a path that leads out of the run's folder")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ValueError(f"the archive holds a link, {shown}; a run is made of plain files")
        if member.flag_bits & 1:
            raise ValueError("the archive is encrypted; export the run without a password")
        if member.is_dir():
            continue
        if name.lower().endswith(PICKLES):
            raise ValueError(f"the archive holds {shown}, which may run code when it is read; weights come as safetensors")
        if name not in BESIDE and not SNAPSHOT.fullmatch(name):
            raise ValueError(f"the archive holds {shown}, which is no part of a run")
        if name in seen:
            raise ValueError(f"the archive holds {shown} twice")
        seen.add(name)
        if len(seen) > MOST_FILES:
            raise ValueError(f"the archive holds more than {MOST_FILES} files")
        yield member
    for name in ("spec.json", "updates.jsonl"):
        if name not in seen:
            raise ValueError(f"the archive is not a run: {name} is missing")


def _write(archive: ZipFile, member: ZipInfo, to: Path, room: int) -> int:
    """Unpack one file, counting what really comes out of it, whatever its header says. Returns the bytes."""
    to.parent.mkdir(parents=True, exist_ok=True)
    most = room if member.filename.endswith(".safetensors") else min(room, MOST_TEXT)
    written = 0
    with archive.open(member) as source, to.open("xb") as target:
        while block := source.read(BLOCK):
            written += len(block)
            if written > most:
                limit = MOST_BYTES if most == room else MOST_TEXT
                raise ValueError(f"{member.filename} unpacks to more than the {limit / 1e6:,.0f} MB there is room for")
            target.write(block)
    return written


def _check(folder: RunFolder) -> None:
    folder.spec()
    told = {update.step for update in updates(folder) if isinstance(update, Snapshot)}
    if told != set(folder.snapshots()):
        raise ValueError("the archive is damaged: its snapshots are not those its updates tell of")
    if not told:
        raise ValueError("this run has no snapshot")
    for step in sorted(told):
        for name in NEEDED:
            if not (folder.snapshot(step) / name).is_file():
                raise ValueError(f"the archive is damaged: {name} of snapshot {step} is missing")


def updates(folder: RunFolder) -> list[Update]:
    """What the run said, each update checked. Raises ValueError, in a sentence."""
    spec, lines = folder.spec(), folder.updates.read_bytes().splitlines()
    if len(lines) > 3 * spec.train.steps + 1_000:
        raise ValueError(f"the archive is damaged: {len(lines):,} updates are more than {spec.train.steps:,} steps can say")
    if any(len(line) > LONGEST_LINE for line in lines):
        raise ValueError(f"the archive is damaged: an update has more than {LONGEST_LINE:,} bytes")
    said = read_updates(lines)
    if not said or not isinstance(said[0], Begin):
        raise ValueError("the archive is damaged: its updates do not begin with the beginning")
    before = 0
    for update in said:
        if not holds_what_it_should(update, finite=True) or not all(FIGURE.fullmatch(name) for name in _figures(update)):
            raise ValueError("the archive is damaged: an update holds something else than it should")
        if not before <= update.step <= spec.train.steps:
            raise ValueError("the archive is damaged: its updates are out of order")
        before = update.step
    return said


def _figures(update: Update) -> Iterable[str]:
    """The names of the figures that an update tells."""
    return update.references if isinstance(update, Begin) else update.metrics if isinstance(update, Score | Done) else ()


def notes(folder: RunFolder) -> dict[str, Any]:
    """The notes that came along, as plain short texts; {} where there are none worth reading."""
    try:
        given = folder.notes()
    except ValueError:
        return {}
    kept: dict[str, Any] = {}
    for name, value in list(given.items())[:MOST_NOTES]:
        if isinstance(value, dict):
            kept[name[:LONGEST_NOTE]] = {key[:LONGEST_NOTE]: str(text)[:LONGEST_NOTE] for key, text in list(value.items())[:MOST_NOTES]}
        else:
            kept[name[:LONGEST_NOTE]] = str(value)[:LONGEST_NOTE]
    return kept
