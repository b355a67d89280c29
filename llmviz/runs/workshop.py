"""What the code that trains must offer to the code that runs it. The worker program has the real one, tests a tiny one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from llmviz.core.questions.base import Answer, Question, ToTraining
from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.core.update import Update


class StageInProgress(Protocol):
    """A model with its data and objective."""

    def save(self, folder: Path) -> None:
        """Write a snapshot of the weights into an existing folder."""


class Rebuilt(Protocol):
    """A snapshot that came from elsewhere, everything in it checked or made anew."""

    def save(self, folder: Path) -> None:
        """Write it into an existing folder, as the stage that made it did."""

    def save_checkpoint(self, came: Path, to: Path, updates: bytes) -> None:
        """Check what its unfinished run goes on from, which counts on these updates, and write it to another file. Raises ValueError."""


class TrainingInProgress(Protocol):
    """The loop over one stage. Between two updates everything stands still.

    `seconds` counts its own time; whoever keeps the weights between two updates adds what that takes.
    """

    seconds: float

    def updates(self) -> Iterator[Update]:
        """Train; an uninterrupted run begins with Begin and ends with Done."""

    def save_checkpoint(self, file: Path, notes: dict[str, str]) -> None:
        """Write all that is needed to go on after the last update."""

    def load_checkpoint(self, file: Path) -> dict[str, str]:
        """Go on after the update that was the last when this was saved. Returns the notes saved with it."""

    def load_snapshot(self, folder: Path, step: int) -> None:
        """Stand after `step` steps with the weights of this snapshot, and optimisers that have seen nothing."""

    def learn(self) -> object:
        """Take one step and say nothing of it to the loop's listeners."""


class Workshop(Protocol):
    """Everything a worker needs of stages, training and inspection."""

    def warm(self, role: str) -> None:
        """Import and prepare what the role, "train", "answer", "text" or "real", needs, so that work can begin at once."""

    def build(self, spec: RunSpec, parent: Path | None, **others: Path) -> StageInProgress:
        """The stage at its start; `parent` is the snapshot it takes its weights from, `others` by role those that play its other roles."""

    def training(self, stage: Any, train: TrainSpec) -> TrainingInProgress:
        """The loop over this stage."""

    def ask(self, training: Any, question: ToTraining[Answer]) -> Answer:
        """The question put to a training that stands between two steps; it has moved by one afterwards."""

    def answer(self, folders: dict[int, Path], question: Question[Answer]) -> list[Answer]:
        """The question put through the snapshots in these folders, by step."""

    def rebuilt(self, spec: RunSpec, snapshot: Path, tokenizer: Path) -> Rebuilt:
        """The snapshot in a folder that came from elsewhere, with its tokenizer.json. Nothing in them is run.

        Raises ValueError, in a sentence, unless a run of this spec could have left it.
        """
