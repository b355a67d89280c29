"""All that an engine can do with runs without training: read, list, delete, take out as a zip and in again."""

import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from llmviz.core.course import Course
from llmviz.core.history import History
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs import parcel, tail
from llmviz.runs.attempt import sentence
from llmviz.runs.engine import State, Status
from llmviz.runs.folder import RunFolder, as_json, write
from llmviz.runs.replay import Recordings, Replay, tokenizer
from llmviz.runs.store import Store, abbreviation, short
from llmviz.runs.summary import summary

WATCHING = 30.0  # seconds after which somebody who has not asked after a run again no longer looks at it


class Library:
    """The runs of a store, and the recordings. Knows who looks at which run, so that none is taken away before somebody's eyes."""

    def __init__(self, store: Store, replay: Replay) -> None:
        self.store = store
        self.replay = replay
        self._histories = tail.Histories()
        self._summaries: dict[RunRef, tuple[object, Kept]] = {}
        self._looks: dict[RunRef, dict[str, float]] = {}

    def history(self, run: RunRef) -> History:
        """All the run has said so far; reads only what is new."""
        if not run.attempt:
            return self.replay.history(run)
        folder = self.store.folder(run)
        if not folder.updates.exists():
            folder.spec()  # says so where the run is gone
        return self._histories.look(folder.updates)

    def spec(self, run: RunRef) -> RunSpec:
        """What the run trains."""
        return self.store.folder(run).spec() if run.attempt else self.replay.spec(run)

    def find(self, spec: RunSpec) -> RunRef | None:
        """The newest attempt at this spec on this machine; None where its folder is damaged, for then there is nothing to show."""
        run = self.store.find(spec)
        try:
            if run:
                self.history(run)
        except ValueError:
            return None
        return run

    def recorded(self, spec: RunSpec) -> RunRef | None:
        """The recording of exactly this spec."""
        return self.replay.recorded(spec)

    def tokenizer(self, run: RunRef) -> Path:
        """The tokenizer.json the run reads its text with."""
        return tokenizer(self.store.folder(run)) if run.attempt else self.replay.tokenizer(run)

    def looked(self, run: RunRef, viewer: str) -> None:
        """This viewer looks at the run now."""
        self._looks.setdefault(run, {})[viewer] = time.monotonic()

    def standing(self) -> Mapping[RunRef, Status]:
        """How those runs stand that this program has under way."""
        return {}

    def shelf(self) -> list[Kept]:
        """Every run, the newest first, then the recordings."""
        under_way = self.standing()
        return [self._kept(run, under_way.get(run)) for run in self.store.runs()] + self.replay.shelf()

    def courses(self) -> list[Course]:
        """Those that came with the program."""
        return self.replay.courses()

    def _kept(self, run: RunRef, status: Status | None) -> Kept:
        folder = self.store.folder(run)
        try:
            status = status or self.store.status(run)
            return replace(self._summary(run, folder), state=status.state, reason=status.reason)
        except (ValueError, OSError) as problem:
            return Kept(run, None, State.FAILED, sentence(problem), bytes=folder.size())

    def _summary(self, run: RunRef, folder: RunFolder) -> Kept:
        """What its files say; they are read again only when there is more."""
        key: object = None
        with suppress(FileNotFoundError):
            updates = folder.updates.stat()
            key = (updates.st_mtime_ns, updates.st_size)
        if run not in self._summaries or self._summaries[run][0] != key:
            self._summaries[run] = (key, summary(run, folder))
        return self._summaries[run][1]

    def delete(self, run: RunRef, viewer: str) -> None:
        """Remove a run for good.

        Raises HasChildren while others start from it and no other attempt at the same is done; ValueError while it is under way, while
        somebody else looks at it, for a recording, or where there is none.
        """
        if not run.attempt:
            return self.replay.delete(run, viewer)
        others = [name for name, when in self._looks.get(run, {}).items() if name != viewer and time.monotonic() - when < WATCHING]
        if others:
            who = "somebody else looks" if len(others) == 1 else f"{len(others)} others look"
            raise ValueError(f"{who} at {short(run)} just now; try again in half a minute")
        self.store.delete(run)
        self._summaries.pop(run, None)
        self._looks.pop(run, None)

    def pack(self, run: RunRef, to: BinaryIO) -> None:
        """Write the whole run as a zip. Raises ValueError while it is under way, and where its files cannot be read."""
        if not run.attempt:
            return self.replay.pack(run, to)
        if self.store.under_way(run):
            raise ValueError(f"{short(run)} is under way; stop it, or wait for its end")
        try:
            parcel.pack(self.store.folder(run), to)
        except OSError as problem:
            raise ValueError(sentence(problem)) from problem

    def unpack(self, file: BinaryIO) -> RunRef:
        """Take in a run that was packed, as a new attempt at its spec. Raises ValueError, in a sentence, for anything else."""
        return take_in(self.store, file)


def named(store: Store, recordings: Recordings, text: str) -> tuple[RunRef, RunFolder]:
    """The run a person means: by its key or the beginning of one, or a recording by its name.

    Where several attempts share the key it is the one that another run would start from: the newest that is done, else the recording.
    Raises ValueError unless it is exactly one.
    """
    there = {RunRef(id, 0): folder for id in recordings.ids() if (folder := recordings.folder(id))}
    for run, folder in there.items():
        if folder.path.name == text:
            return run, folder
    found = list(filter(abbreviation(text), (*store.runs(), *there)))
    if not found:
        raise ValueError(f"there is no run {text} on this machine, and no recording of this name or key")
    if len({run.id for run in found}) == 1:
        first = [run for run in store.attempts(found[0].id) if run in found and store.done(run)] or [run for run in found if run in there]
        found = first[:1] or found
    if len(found) > 1:
        raise ValueError(f"{text} is the beginning of {len(found)} runs: {', '.join(short(run) for run in found)}")
    return found[0], there.get(found[0]) or store.folder(found[0])


def take_in(store: Store, file: BinaryIO) -> RunRef:
    """Unpack a run, mark it as imported, and put it among those of the store. Raises ValueError, in a sentence."""
    incoming = store.root / f".incoming-{uuid.uuid4().hex}"
    try:
        folder = parcel.unpack(file, incoming)
        imported = {"imported": datetime.now(UTC).isoformat(timespec="seconds")}
        write(folder.path / "notes.json", as_json(parcel.notes(folder) | imported))
        return store.adopt(folder)
    except OSError as problem:
        raise ValueError(sentence(problem)) from problem
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
