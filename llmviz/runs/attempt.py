"""One attempt at a run, in this process: train, and keep the folder such that a kill at any instant loses little and breaks nothing."""

import errno
import inspect
import re
import time
import traceback
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Self

from safetensors import SafetensorError

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.experiment import START
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, others
from llmviz.core.update import Done, Failed, Snapshot, Step, Stopped, Update
from llmviz.runs import checkpoints, memory, tail
from llmviz.runs.folder import UpdateLog, digest, sync_file
from llmviz.runs.held import check_memory
from llmviz.runs.recordings import Recordings
from llmviz.runs.store import Store, short
from llmviz.runs.workshop import TrainingInProgress, Workshop

NOTHING_NOTED: Mapping[str, str] = MappingProxyType({})
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, 112}  # 112 is Windows' ERROR_DISK_FULL
TOO_LARGE = errno.EFBIG  # as under `ulimit -f`
NO_ENTRY = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}
LARGE = 1_600  # megabytes of memory that have to be free to fine-tune a model of 135 million parameters; 1,450 at most were taken
UNWRITTEN = (OSError, SafetensorError)  # what writing a file raises


class Attempt:
    """An iterator over the updates of one attempt; asking for the next is what trains.

    It goes on from the attempt's checkpoint where there is one. Between two updates `checkpoint` and `stop` may be called. Raises
    UnderWay where another process trains it already.
    """

    def __init__(self, workshop: Workshop, store: Store, recordings: Recordings, run: RunRef) -> None:
        self.run = run
        self.folder = store.folder(run)
        self._workshop, self._store, self._recordings = workshop, store, recordings
        self._lock = store.lock_training(run)
        self._training: TrainingInProgress
        self._log: UpdateLog
        self._last: Update | None = None
        self._updates = self._train()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Update:
        return next(self._updates)

    @property
    def snapshot(self) -> Path:
        """The folder of the newest snapshot, for `from_pretrained`; of the run's own folder that reads the tokenizer.

        Raises ValueError before the first.
        """
        steps = self.folder.snapshots()
        if not steps:
            raise ValueError(f"{short(self.run)} has no snapshot yet")
        return self.folder.snapshot(steps[-1])

    @property
    def _step(self) -> int:
        return self._last.step if self._last else 0

    @property
    def settled(self) -> bool:
        """Whether the last update leaves nothing half said: between a Step and its Snapshot stands its Score."""
        return isinstance(self._last, Step | Snapshot)

    def checkpoint(self) -> None:
        """Keep all that is needed to go on after the last update."""
        self._log.sync()  # first the updates, then the checkpoint that counts on them
        partial = self.folder.path / ".checkpoint"
        try:
            self._training.save_checkpoint(partial, {"bytes": str(self._log.bytes), "step": str(self._step)})
            sync_file(partial)
            partial.replace(self.folder.checkpoint)
        except UNWRITTEN:
            partial.unlink(missing_ok=True)  # room for the sentence that says so
            raise

    def stop(self, reason: str) -> Stopped | Failed | None:
        """End between two updates, with a checkpoint; None where it has ended already, or was broken off within a step.

        Where the run is not settled it goes on from its last checkpoint.
        """
        if isinstance(self._last, Done | Failed) or inspect.getgeneratorstate(self._updates) != inspect.GEN_SUSPENDED:
            self.close()
            return None
        last: Stopped | Failed = Stopped(self._step, reason)
        try:
            if self.settled:
                self.checkpoint()
            self._log.append(last)
        except UNWRITTEN as problem:
            last = Failed(self._step, sentence(problem))
        self.close()
        return last

    def close(self) -> None:
        """End without a word, as a kill would; the run goes on from its last checkpoint."""
        self._updates.close()
        self._lock.release()

    def _train(self) -> Generator[Update, None, None]:
        try:
            spec, held = self.folder.spec(), memory.set_back()
            given = folders((self._recordings, self._store), spec, self.folder.weights)
            self.folder.note(inputs={role: digest(folder) for role, folder in given.items()})
            if spec.foreign:
                check_memory(LARGE, f"to fine-tune so large a model takes some {LARGE:,} MB of memory")
            stage = self._workshop.build(spec, given.get(START), **others(given))
            self._training = self._workshop.training(stage, spec.train)
            with UpdateLog(self.folder, keep=self._load()) as self._log:
                for update in self._training.updates():
                    if isinstance(update, Done) and held:
                        update = replace(update, peak_memory=memory.peak(), base_memory=held)
                    self._last = update
                    if isinstance(update, Snapshot):
                        began = time.perf_counter()
                        self.folder.keep(update.step, stage.save)
                        self._log.append(update)
                        self._training.seconds += time.perf_counter() - began
                        self.checkpoint()
                    else:
                        self._log.append(update)
                    if isinstance(update, Done):
                        self.folder.checkpoint.unlink(missing_ok=True)  # nothing is left to go on to
                    yield update
        except Exception as problem:  # whatever it is, the run says so and the worker lives on
            self._last = self._failed(problem)
            yield self._last
        finally:
            self._lock.release()

    def _load(self) -> int:
        """Take up the checkpoint, if there is one; the bytes of updates that came before it."""
        kept = 0
        if self.folder.checkpoint.exists():
            try:
                kept = int(self._training.load_checkpoint(self.folder.checkpoint)["bytes"])
            except Exception as problem:  # a damaged file fails in safetensors, in torch or in here
                raise ValueError("the checkpoint of this run cannot be read; train it anew") from problem
        said = tail.updates(self.folder.updates, kept)
        self.folder.forget_snapshots_but({update.step for update in said if isinstance(update, Snapshot)})
        return kept

    def _failed(self, problem: Exception) -> Failed:
        failed = Failed(self._step, sentence(problem))
        with suppress(OSError):  # the disk may be what failed
            self.folder.error_log.write_text("".join(traceback.format_exception(problem)), encoding="utf-8")
            self.folder.say(failed)
        return failed


def folders(places: Sequence[Store | Recordings], spec: RunSpec, noted: Mapping[str, str] = NOTHING_NOTED) -> dict[str, Path]:
    """The folder of the weights that play each role in a run of this spec: the final snapshot of another, in the first place that has it,
    or a checkpoint's, in the first place that keeps such; an empty role has none.

    Where the run has noted the SHA-256 of the weights, by role, it is just those, even if they came from elsewhere; where it has not they
    were made here or are a recording's. Raises ValueError, naming the role, where they are not here.
    """
    return {role: _folder(places, role, given, noted.get(role, "")) for role, given in spec.inputs.items()}


def _folder(places: Sequence[Store | Recordings], role: str, given: RunSpec | Checkpoint, noted: str) -> Path:
    if isinstance(given, Checkpoint):
        return checkpoints.found(next(place.home for place in places if isinstance(place, Store)), given, role)
    plays = "the run it starts from" if role == START else f"the run that is its {role}"
    for place in places:
        for trained in place.candidates(given) if noted else filter(None, (place.finished(given),)):
            if steps := place.folder(trained).snapshots():
                snapshot = place.folder(trained).snapshot(steps[-1])
                if noted in ("", digest(snapshot)):
                    return snapshot
    if noted:
        raise ValueError(f"the weights of {plays} ({given.id[:12]}) are no longer those it began with ({noted[:12]}); train it anew")
    raise ValueError(f"{plays} ({given.id[:12]}) is not on this machine; train that one first")


def sentence(problem: Exception) -> str:
    """What went wrong, for a person who has not seen the code."""
    number = _system_error(problem)
    if number in NO_ROOM:
        return "the disk is full; delete runs you no longer need, then let this one go on"
    if number == TOO_LARGE:
        return "a file has grown to the size that files may have here (ulimit -f); whoever started this server can allow larger ones"
    if number in NO_ENTRY and isinstance(problem, OSError):
        return f"{problem.filename} cannot be written ({problem.strerror}); LLMVIZ_HOME can name another folder"
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.strerror}: {Path(problem.filename).name}" if problem.filename else problem.strerror
    if isinstance(problem, ValueError | ArithmeticError) and str(problem):
        return str(problem)
    return f"{type(problem).__name__}: {problem}"


def _system_error(problem: Exception) -> int | None:
    """The system's number of a failure to write; safetensors has it in its message alone."""
    if isinstance(problem, OSError):
        return problem.errno
    found = re.search(r"\(os error (\d+)\)", str(problem)) if isinstance(problem, SafetensorError) else None
    return int(found[1]) if found else None
