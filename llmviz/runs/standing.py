"""Questions to a run that stands still: where its checkpoint is, and its training made again there. Nothing of the run is changed."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from safetensors import SafetensorError, safe_open

from llmviz.core.questions.base import Answer, AtCheckpoint
from llmviz.core.update import Done
from llmviz.runs.attempt import start
from llmviz.runs.folder import RunFolder
from llmviz.runs.replay import Recordings
from llmviz.runs.store import Store
from llmviz.runs.workshop import TrainingInProgress, Workshop

PATIENCE = 5.0  # seconds: a run told to pause finishes its step, and perhaps an evaluation, before it keeps a checkpoint
PAUSE = 0.02
DONE = "a run that is done keeps no optimiser, so there is no step to take; train it again, and pause it on its way"
NOTHING = "this run has kept no checkpoint to look into; let it go on, and pause it"
DAMAGED = "the checkpoint of this run cannot be read; let it go on, and pause it again"


def places(folder: RunFolder, steps: Sequence[int]) -> dict[int, Path]:
    """The run's folder by the one step asked for, as soon as its checkpoint is of that step.

    Raises ValueError, in a sentence, for a run that is gone, done, moves on meanwhile, or keeps nothing that can be read.
    """
    (step,) = steps
    end = time.monotonic() + PATIENCE
    folder.spec()
    while (kept := _kept(folder)) < step:
        if isinstance(folder.ending(), Done):
            raise ValueError(DONE)
        if time.monotonic() > end:
            raise ValueError(NOTHING)
        time.sleep(PAUSE)
    if kept > step:
        raise ValueError(_gone_on(kept))
    return {step: folder.path}


def _kept(folder: RunFolder) -> int:
    """The step of the checkpoint; -1 where there is none."""
    try:
        with safe_open(folder.checkpoint, framework="numpy") as opened:
            return int(opened.metadata()["step"])
    except FileNotFoundError:
        return -1
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as problem:
        raise ValueError(DAMAGED) from problem


def _gone_on(step: int) -> str:
    return f"the run has gone on to step {step:,} meanwhile"


class Standing:
    """Answers such questions in a worker. The training made last is kept: making one takes seconds, moving it milliseconds."""

    def __init__(self, workshop: Workshop, store: Store, recordings: Recordings) -> None:
        self._workshop, self._store, self._recordings = workshop, store, recordings
        self._made: tuple[str, TrainingInProgress] | None = None

    def answer(self, folders: dict[int, Path], question: AtCheckpoint[Answer]) -> list[Answer]:
        """What the training of the run in each folder makes of the question, as it stands after so many steps.

        Raises ValueError, in a sentence, where the checkpoint is gone, damaged, or of another step.
        """
        return [self._one(step, RunFolder(folder), question) for step, folder in folders.items()]

    def _one(self, step: int, folder: RunFolder, question: AtCheckpoint[Answer]) -> Answer:
        spec = folder.spec()
        id, training = self._made or ("", None)
        if training is None or id != spec.id:
            self._made = None  # make room first
            stage = self._workshop.build(spec, start(self._store, self._recordings, spec))
            training = self._workshop.training(stage, spec.train)
        self._made = None  # should the checkpoint turn out damaged, nothing half loaded is left
        stands = _load(training, folder)
        self._made = (spec.id, training)
        if stands != step:
            raise ValueError(_gone_on(stands))
        return self._workshop.ask(training, question)


def _load(training: TrainingInProgress, folder: RunFolder) -> int:
    """Move the training to the checkpoint; its step. From a copy, so that the run is free to keep the next one on any system."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as place:
        copy = Path(place) / folder.checkpoint.name
        try:
            shutil.copyfile(folder.checkpoint, copy)
            return int(training.load_checkpoint(copy)["step"])
        except FileNotFoundError:
            raise ValueError(NOTHING) from None
        except Exception as problem:  # a damaged file fails in safetensors, in torch or in here
            raise ValueError(DAMAGED) from problem
