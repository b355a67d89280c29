"""Questions to a training that stands between two steps: a run's own, made again at its checkpoint, or one that begins again at weights
that a run keeps. Nothing of the run is changed.
"""

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from safetensors import SafetensorError, safe_open

from llmviz.core import spec as specs
from llmviz.core.experiment import START
from llmviz.core.questions.base import Answer, AnyAnswer, ToTraining
from llmviz.core.questions.onestep import FURTHEST
from llmviz.core.spec import RunSpec, others
from llmviz.core.update import Done
from llmviz.runs.attempt import folders
from llmviz.runs.folder import RunFolder
from llmviz.runs.recordings import Recordings, snapshots
from llmviz.runs.store import Store
from llmviz.runs.workshop import TrainingInProgress, Workshop

PATIENCE = 5.0  # seconds: a run told to pause finishes its step, and perhaps an evaluation, before it keeps a checkpoint
PAUSE = 0.02
DONE = "a run that is done keeps no checkpoint to go on from"
NOTHING = "this run has kept no checkpoint to look into; let it go on, and pause it"
TOO_LARGE = "one training step is not opened of a model from elsewhere: to build it takes all the memory that answers have"
DAMAGED = "the checkpoint of this run cannot be read; let it go on, and pause it again"


def asked(question: ToTraining[AnyAnswer], steps: Sequence[int], folder: Callable[[], RunFolder], anywhere: Path) -> dict[int, Path]:
    """Where the training stands that is asked, by step: as `places`; `anywhere` where the question says what is trained, and there need be
    no run of it yet. Raises ValueError, in a sentence, as `places` does, and for a model too large to be built among the answers.
    """
    spec = specs.from_json(json.loads(question.spec)) if question.spec else folder().spec()
    if spec.foreign:
        raise ValueError(TOO_LARGE)
    return dict.fromkeys(steps, anywhere) if question.spec else places(folder(), steps, question.start)


def places(folder: RunFolder, steps: Sequence[int], start: int | None = None) -> dict[int, Path]:
    """The run's folder by the one step asked for: at once for a training that begins again at `start`, otherwise as soon as the checkpoint
    is of that step.

    Raises ValueError, in a sentence, for a run that is gone, done, moves on meanwhile, or keeps nothing that can be read.
    """
    (step,) = steps
    end = time.monotonic() + PATIENCE
    folder.spec()
    if start is not None:
        return {step: folder.path}
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


@dataclass(frozen=True)
class _Made:
    """A training that was made: of what, and where it was left.

    Attributes:
        about: id of the spec, and by role the snapshots that it is made from.
        training: the loop itself.
        stands: the folder and the step at which it began again, and the steps behind it since; None where it was left anywhere else.
    """

    about: tuple[str, dict[str, Path]]
    training: TrainingInProgress
    stands: tuple[Path, int, int] | None = None


class Standing:
    """Answers such questions in a worker. The training made last is kept: making one takes seconds, moving it milliseconds."""

    def __init__(self, workshop: Workshop, store: Store, recordings: Recordings) -> None:
        self._workshop, self._store, self._recordings = workshop, store, recordings
        self._made: _Made | None = None
        self._place = TemporaryDirectory(ignore_cleanup_errors=True)

    def answer(self, folders: dict[int, Path], question: ToTraining[Answer]) -> list[Answer]:
        """What the training of the run in each folder makes of the question, as it stands after so many steps.

        Raises ValueError, in a sentence, where what it is to begin from is gone, damaged, or of another step.
        """
        return [self._one(step, RunFolder(folder), question) for step, folder in folders.items()]

    def _one(self, step: int, folder: RunFolder, question: ToTraining[Answer]) -> Answer:
        spec = specs.from_json(json.loads(question.spec)) if question.spec else folder.spec()
        made = self._training(spec, self._inputs(spec, folder))
        self._made = None  # should anything fail, nothing half loaded or half learnt is left
        if question.start is None:
            stands = _load(made.training, folder)
            if stands != step:
                raise ValueError(_gone_on(stands))
            left = None
        else:
            self._begin_again(made, folder, question.start, step)
            left = (folder.path, question.start, step + 1)
        answer = self._workshop.ask(made.training, question)
        self._made = _Made(made.about, made.training, left)
        return answer

    def _training(self, spec: RunSpec, given: dict[str, Path]) -> _Made:
        """The training of this spec on these inputs, wherever it stands."""
        about = (spec.id, given)
        if self._made and self._made.about == about:
            return self._made
        self._made = None  # make room first
        stage = self._workshop.build(spec, given.get(START), **others(given))
        training = self._workshop.training(stage, spec.train)
        training.save_checkpoint(self._first, {})
        return _Made(about, training)

    @property
    def _first(self) -> Path:
        """The checkpoint that the training made last had before its first step."""
        return Path(self._place.name) / "first.safetensors"

    def _inputs(self, spec: RunSpec, folder: RunFolder) -> dict[str, Path]:
        """The snapshots it is made from: those it noted, else recordings first, for another processor may have trained others here."""
        return folders((self._recordings, self._store), spec, folder.weights)

    def _begin_again(self, made: _Made, folder: RunFolder, begins: int, step: int) -> None:
        """Move the training to `step`, by the steps since `begins`; it stands there already where the last answer took the step before."""
        if not begins <= step <= begins + FURTHEST:
            raise ValueError(f"from step {begins:,} at most {FURTHEST} steps are taken")
        if made.stands == (folder.path, begins, step):
            return
        made.training.load_checkpoint(self._first)
        if begins:
            made.training.load_snapshot(snapshots(folder, [begins])[begins], begins)
        for _ in range(step - begins):
            made.training.learn()


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
