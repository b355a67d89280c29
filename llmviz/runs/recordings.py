"""Recordings: a store that is only read. They come with the program; beside them lie answers about texts, and learning curves of others."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn, cast

import llmviz
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.questions.base import Answer, AnyAnswer, Question
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, identity
from llmviz.runs import learning_curves, wire
from llmviz.runs.engine import ControlRefused, State, Status
from llmviz.runs.folder import RunFolder

HERE = Path(llmviz.__file__).parent / "recordings"
TEXT_ANSWERS = "vocabularies"  # the folder of what was asked of texts
READ_ONLY = "a recording is only watched; press Train live for a run of your own"
STAYS = "a recording comes with the program and cannot be deleted"
AnyQuestion = Question[Answer]


@dataclass(frozen=True)
class _Unchanging(RunFolder):
    """The folder of a recording: pages ask at every drawing, and what was once read of it is not read again."""

    @cached_property
    def _spec(self) -> RunSpec:
        return super().spec()

    def spec(self) -> RunSpec:
        """As of any run."""
        return self._spec

    @cached_property
    def _tokenizer(self) -> Path:
        return super().tokenizer()

    def tokenizer(self) -> Path:
        """As of any run."""
        return self._tokenizer


class Recordings:
    """The recordings in one folder, found by the id of their spec, of whatever recipe. What they share with a `Store` is named as there."""

    def __init__(self, root: Path = HERE) -> None:
        self.root = root
        self._of_texts: dict[AnyQuestion, Answer] = {}

    @cached_property
    def _by_id(self) -> dict[str, RunFolder]:
        folders = [_Unchanging(item.parent) for item in sorted(self.root.glob("*/spec.json"))]
        found = dict[str, RunFolder]()
        for folder in folders:
            try:
                found[identity(folder.spec_json())] = folder
            except ValueError:  # damaged: as if it were not there
                continue
        return found

    def folder(self, run: RunRef) -> RunFolder:
        """Where the files of this recording are. Raises ValueError where there is none."""
        if run.id not in self._by_id:
            raise ValueError("there is no such recording")
        return self._by_id[run.id]

    def runs(self) -> list[RunRef]:
        """Every recording."""
        return [RunRef(id, 0) for id in self._by_id]

    def names(self) -> list[str]:
        """The names of their folders, sorted."""
        return sorted(folder.path.name for folder in self._by_id.values())

    def status(self, run: RunRef) -> Status:
        """RECORDED. Raises ValueError where there is no such recording, or one of an older recipe."""
        self.folder(run).spec()
        return Status(State.RECORDED)

    def find(self, spec: RunSpec) -> RunRef | None:
        """The recording of exactly this spec."""
        return RunRef(spec.id, 0) if spec.id in self._by_id else None

    finished = find

    def candidates(self, spec: RunSpec) -> list[RunRef]:
        """The recording of exactly this spec, if there is one."""
        return [run for run in (self.find(spec),) if run]

    def under_way(self, run: RunRef) -> bool:
        """Never."""
        return False

    def refusal(self, run: RunRef) -> str:
        """Why this cannot be steered."""
        return READ_ONLY

    def claim(self, run: RunRef) -> NoReturn:
        """Refused."""
        raise ControlRefused(READ_ONLY)

    def delete(self, run: RunRef) -> NoReturn:
        """Refused."""
        raise ValueError(STAYS)

    def thin(self, run: RunRef) -> NoReturn:
        """Refused."""
        raise ValueError(STAYS)

    def answered_text(self, question: Question[AnyAnswer]) -> AnyAnswer | None:
        """The answer to a question about a text that came with the program; None where none did, or it cannot be read."""
        if question not in self._of_texts:
            file = {file.name: file for file in (self.root / TEXT_ANSWERS).glob("*.npz")}.get(wire.file_of(question))
            with suppress(ValueError):
                found, answers = wire.read_answers(file) if file else (None, {})
                if found == question:
                    self._of_texts[question] = answers[0]
        return cast(AnyAnswer | None, self._of_texts.get(question))

    @cached_property
    def learning_curves(self) -> list[LearningCurve]:
        """How runs over several seeds went that came with the program so, without weights."""
        return learning_curves.read(self.root)


def answers(folder: RunFolder) -> dict[AnyQuestion, Mapping[int, Answer]]:
    """The answers a run keeps, as far as they can be read: by question, then by step. Recordings keep those their pages open with."""
    found: dict[AnyQuestion, Mapping[int, Answer]] = {}
    for file in sorted(folder.answers.glob("*.npz")):
        with suppress(ValueError):
            question, by_step = wire.read_answers(file)
            found[question] = by_step
    return found


def snapshots(folder: RunFolder, steps: Sequence[int]) -> dict[int, Path]:
    """The snapshot folders of these steps. Raises ValueError where one is not there."""
    there = set(folder.snapshots())
    for step in steps:
        if step not in there:
            raise ValueError(f"this run has no snapshot after {step} steps")
    return {step: folder.snapshot(step) for step in steps}
