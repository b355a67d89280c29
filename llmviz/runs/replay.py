"""Recordings: runs that came with the program. They are watched and asked, never trained or steered."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import llmviz
from llmviz.core.history import History
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.trace import Question, Trace
from llmviz.runs import tail, wire
from llmviz.runs.engine import Command, ControlRefused, Slow, State, Status
from llmviz.runs.folder import RunFolder

HERE = Path(llmviz.__file__).parent / "recordings"
READ_ONLY = "a recording is only watched; press Train live for a run of your own"
Answerer = Callable[[RunRef, dict[int, Path], Question], list[Trace]]


class Recordings:
    """The recordings in one folder, found by the id of their spec, of whatever recipe."""

    def __init__(self, root: Path = HERE) -> None:
        self.root = root

    @cached_property
    def _by_id(self) -> dict[str, RunFolder]:
        folders = [RunFolder(item.parent) for item in sorted(self.root.glob("*/spec.json"))]
        found = {}
        for folder in folders:
            try:
                written = json.dumps(folder.spec_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            except ValueError:  # damaged: as if it were not there
                continue
            found[hashlib.sha256(written.encode()).hexdigest()] = folder
        return found

    def folder(self, id: str) -> RunFolder | None:
        """The recording of this spec; None where there is none."""
        return self._by_id.get(id)

    def ids(self) -> list[str]:
        """The ids of all recordings."""
        return list(self._by_id)


class Replay:
    """The engine's contract over recordings alone. `answerer` puts questions through snapshots that keep no answer."""

    def __init__(self, recordings: Recordings, answerer: Answerer) -> None:
        self._recordings = recordings
        self._answerer = answerer
        self._histories: dict[str, History] = {}
        self._traces: dict[str, tuple[Question | None, dict[int, Trace]]] = {}

    def train(self, spec: RunSpec, viewer: str) -> RunRef:
        """Refused."""
        raise ControlRefused(READ_ONLY)

    def resume(self, run: RunRef, viewer: str) -> None:
        """Refused."""
        raise ControlRefused(READ_ONLY)

    def control(self, run: RunRef, command: Command | Slow, viewer: str) -> None:
        """Refused."""
        raise ControlRefused(READ_ONLY)

    def status(self, run: RunRef, viewer: str) -> Status:
        """RECORDED. Raises ValueError where there is no such recording, or one of an older recipe."""
        self.spec(run)
        return Status(State.RECORDED)

    def history(self, run: RunRef) -> History:
        """All the recording says."""
        if run.id not in self._histories:
            self._histories[run.id] = tail.look(self._folder(run).updates, tail.Reached()).history
        return self._histories[run.id]

    def spec(self, run: RunRef) -> RunSpec:
        """What was trained."""
        return self._folder(run).spec()

    def find(self, spec: RunSpec) -> RunRef | None:
        """None: a recording is no attempt of this machine."""
        return None

    def recorded(self, spec: RunSpec) -> RunRef | None:
        """The recording of exactly this spec; None also where it is damaged, for then there is nothing to show."""
        run = RunRef(spec.id, 0)
        try:
            self.history(run)
        except ValueError:
            return None
        return run

    def answer(self, run: RunRef, steps: Sequence[int], question: Question) -> list[Trace]:
        """From the recording itself where it keeps the answer, otherwise from the answerer."""
        folder = self._folder(run)
        folder.spec()
        asked, kept = self._kept(run, folder)
        if asked and question in (asked, replace(asked, attention=False)) and all(step in kept for step in steps):
            traces = [kept[step] for step in steps]
            return traces if question.attention else [replace(trace, attention=None) for trace in traces]
        return self._answerer(run, snapshots(folder, steps), question)

    def _kept(self, run: RunRef, folder: RunFolder) -> tuple[Question | None, dict[int, Trace]]:
        """The question whose answers the recording keeps; None where it keeps none that can be read."""
        if run.id not in self._traces:
            try:
                self._traces[run.id] = wire.read_traces(folder.traces)
            except ValueError:
                self._traces[run.id] = (None, {})
        return self._traces[run.id]

    def tokenizer(self, run: RunRef) -> Path:
        """The tokenizer of the first snapshot."""
        return tokenizer(self._folder(run))

    def _folder(self, run: RunRef) -> RunFolder:
        folder = self._recordings.folder(run.id)
        if folder is None:
            raise ValueError("there is no such recording")
        folder.spec()
        return folder


def snapshots(folder: RunFolder, steps: Sequence[int]) -> dict[int, Path]:
    """The snapshot folders of these steps. Raises ValueError where one is not there."""
    there = set(folder.snapshots())
    for step in steps:
        if step not in there:
            raise ValueError(f"this run has no snapshot after {step} steps")
    return {step: folder.snapshot(step) for step in steps}


def tokenizer(folder: RunFolder) -> Path:
    """The tokenizer.json of a run. Raises ValueError before its first snapshot."""
    steps = folder.snapshots()
    if not steps:
        raise ValueError("this run has no snapshot yet")
    return folder.snapshot(steps[0]) / "tokenizer.json"
