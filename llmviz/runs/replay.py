"""Recordings: runs that came with the program. They are watched and asked, never trained or steered."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import llmviz
from llmviz.core.course import Course
from llmviz.core.history import History
from llmviz.core.kept import Kept
from llmviz.core.questions.base import Answer, AnyAnswer, Question, ToTraining
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs import courses, parcel, tail, wire
from llmviz.runs.engine import Command, ControlRefused, Slow, State, Status
from llmviz.runs.folder import RunFolder
from llmviz.runs.summary import summary

HERE = Path(llmviz.__file__).parent / "recordings"
STUDIES = "vocabularies"  # the folder of what was asked of texts
READ_ONLY = "a recording is only watched; press Train live for a run of your own"
NO_CHECKPOINT = "a recording keeps no checkpoint to go on from"
STAYS = "a recording comes with the program and cannot be deleted"
AnyQuestion = Question[Answer]


class Answerer(Protocol):
    """Puts a question through snapshots."""

    def __call__(self, run: RunRef, folders: dict[int, Path], question: Question[AnyAnswer]) -> list[AnyAnswer]:
        """The answers of these snapshots, in the order given."""


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

    def names(self) -> list[str]:
        """The names of their folders, sorted."""
        return sorted(folder.path.name for folder in self._by_id.values())


class Replay:
    """The engine's contract over recordings alone. `answerer` puts questions through snapshots that keep no answer."""

    def __init__(self, recordings: Recordings, answerer: Answerer) -> None:
        self._recordings = recordings
        self._answerer = answerer
        self._histories: dict[str, History] = {}
        self._summaries: dict[str, Kept] = {}
        self._answers: dict[str, dict[AnyQuestion, Mapping[int, Answer]]] = {}
        self._studied: dict[AnyQuestion, Answer] = {}

    def train(self, spec: RunSpec, viewer: str, after: RunRef | None = None) -> RunRef:
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

    def answer(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer]) -> list[AnyAnswer]:
        """From the recording itself where it keeps the answer, otherwise from the answerer."""
        if isinstance(question, ToTraining):
            if question.start is None:
                raise ValueError(NO_CHECKPOINT)
            place = self._recordings.root if question.spec else self._folder(run).path
            return self._answerer(run, {step: place for step in steps}, question)
        folder = self._folder(run)
        folder.spec()
        kept = self._kept(run, folder).get(question, {})
        if all(step in kept for step in steps):
            return cast(list[AnyAnswer], [kept[step] for step in steps])
        return self._answerer(run, snapshots(folder, steps), question)

    def studied(self, question: Question[AnyAnswer]) -> AnyAnswer | None:
        """The answer to a question about a text that came with the program; None where none did, or it cannot be read."""
        if question not in self._studied:
            file = {file.name: file for file in (self._recordings.root / STUDIES).glob("*.npz")}.get(wire.file_of(question))
            with suppress(ValueError):
                found, answers = wire.read_answers(file) if file else (None, {})
                if found == question:
                    self._studied[question] = answers[0]
        return cast(AnyAnswer | None, self._studied.get(question))

    def _kept(self, run: RunRef, folder: RunFolder) -> dict[AnyQuestion, Mapping[int, Answer]]:
        """The answers the recording keeps, as far as they can be read: by question, then by step."""
        if run.id not in self._answers:
            found = self._answers[run.id] = {}
            for file in sorted(folder.answers.glob("*.npz")):
                with suppress(ValueError):
                    question, answers = wire.read_answers(file)
                    found[question] = answers
        return self._answers[run.id]

    def tokenizer(self, run: RunRef) -> Path:
        """The tokenizer of the first snapshot."""
        return tokenizer(self._folder(run))

    def shelf(self) -> list[Kept]:
        """The recordings that can be read."""
        for id in self._recordings.ids():
            folder = self._recordings.folder(id)
            if folder and id not in self._summaries:
                with suppress(ValueError, OSError):  # damaged, or of an older recipe: there is nothing to show
                    self._summaries[id] = replace(summary(RunRef(id, 0), folder), state=State.RECORDED)
        return list(self._summaries.values())

    def courses(self) -> list[Course]:
        """Those that came with the program."""
        return self._courses

    @cached_property
    def _courses(self) -> list[Course]:
        return courses.read(self._recordings.root)

    def delete(self, run: RunRef, viewer: str) -> None:
        """Refused."""
        raise ValueError(STAYS)

    def pack(self, run: RunRef, to: BinaryIO) -> None:
        """Write the recording as a zip."""
        parcel.pack(self._folder(run), to)

    def unpack(self, file: BinaryIO) -> RunRef:
        """Refused."""
        raise ValueError("there is no place here for runs of one's own")

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
