"""All runs of this machine: `<home>/runs/<id>/<attempt>/`. Makes, finds, lists and deletes them; trains nothing."""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from llmviz.core.run import KEY, RunRef
from llmviz.core.run import parse as parse_key
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done, Failed, Stopped
from llmviz.runs import locks, room
from llmviz.runs.engine import Choice, HasChildren, State, Status, every_run
from llmviz.runs.folder import RunFolder, digest
from llmviz.runs.notes import notes
from llmviz.runs.thinning import thin

KEPT_ATTEMPTS = 2
CUT_SHORT = "the program that trained it ended before it was done; it can go on"
ELSEWHERE = "another program on this machine trains this run"
ABBREVIATION = re.compile(r"([0-9a-f]{6,64})(?:-([0-9]{1,6}))?")


class UnderWay(ValueError):
    """This spec is being trained already; `run` says where."""

    def __init__(self, run: RunRef) -> None:
        super().__init__(f"this is being trained already, as run {short(run)}")
        self.run = run


def short(run: RunRef) -> str:
    """A run's key, shortened for people; `Store.match` understands it."""
    return f"{run.id[:12]}-{run.attempt}"


def abbreviation(text: str) -> Callable[[RunRef], bool]:
    """Whether a run's key is this text or begins with it. Raises ValueError for what is no key at all."""
    match = ABBREVIATION.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not the name of a run: at least 6 hexadecimal digits, then perhaps a dash and a number")
    return lambda run: run.id.startswith(match[1]) and match[2] in (None, str(run.attempt))


class Store:
    """The runs under one home folder, shared by all processes of this machine."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home / "runs"

    def folder(self, run: RunRef) -> RunFolder:
        """Where the files of this run are, whether or not there are any."""
        return RunFolder(self.root / run.id / str(run.attempt))

    def attempts(self, id: str) -> list[RunRef]:
        """The attempts at this spec, the newest first."""
        return [RunRef(id, number) for number in sorted(_numbers(self.root / id, ""), reverse=True)]

    def runs(self) -> list[RunRef]:
        """Every run, the newest first."""
        ids = [item.name for item in self.root.glob("*") if re.fullmatch(r"[0-9a-f]{64}", item.name)]
        every = [run for id in ids for run in self.attempts(id)]
        return sorted(every, key=lambda run: _changed(self.folder(run)), reverse=True)

    def create(self, spec: RunSpec, named: Sequence[RunRef] = (), prune: Choice = every_run) -> tuple[RunRef, FileLock]:
        """A new attempt, with the claim that keeps all other processes from this spec. Raises UnderWay where there is one already, and
        ValueError, in a sentence, where there is no room.

        It is made from the weights of these very runs, wherever they are its inputs; they may have come from elsewhere. Of the older
        attempts those that are not to be kept go, where `prune` lets them.
        """
        room.check(self.root)
        with self._alone(spec.id):
            for run in self.attempts(spec.id):
                if self.under_way(run):
                    raise UnderWay(run)
            self._prune(spec.id, prune)
            run = self._next(spec.id)
            claim = self._claim(run)
            try:
                self.folder(run).create(spec, notes() | self._chosen(spec, named))
            except OSError:  # a full disk: leave nothing half made
                shutil.rmtree(self.folder(run).path, ignore_errors=True)
                claim.release()
                raise
        return run, claim

    def _chosen(self, spec: RunSpec, named: Sequence[RunRef]) -> dict[str, Any]:
        """What is noted of the runs that somebody named: by role their weights, and whether these came from elsewhere."""
        found = {role: run for role, given in spec.inputs.items() for run in named if run.id == given.id and self.done(run)}
        if not found:
            return {}
        weights = {role: digest(self.folder(run).snapshot(self.folder(run).snapshots()[-1])) for role, run in found.items()}
        return {"inputs": weights} | ({"from an import": True} if any(map(self.foreign, found.values())) else {})

    def foreign(self, run: RunRef) -> bool:
        """Whether its weights came from elsewhere, or go back to such: then no other run begins from them unless somebody names it."""
        try:
            return not {"imported", "from an import"}.isdisjoint(self.folder(run).notes())
        except ValueError:
            return False

    def _next(self, id: str) -> RunRef:
        """A number is never used again, even for a deleted run: its lock files stay."""
        taken = {*_numbers(self.root / id, ""), *_numbers(self.root / id, ".claim"), 0}
        return RunRef(id, max(taken) + 1)

    def adopt(self, folder: RunFolder) -> RunRef:
        """Put a run that was made elsewhere among these, by moving its folder. Raises ValueError where the very same is here already, or
        there is no room.
        """
        room.check(self.root)
        spec = folder.spec()
        with self._alone(spec.id):
            for run in self.attempts(spec.id):
                with suppress(FileNotFoundError):
                    if self.folder(run).updates.read_bytes() == folder.updates.read_bytes():
                        raise ValueError(f"this run is here already, as {short(run)}")
            run = self._next(spec.id)
            claim = self._claim(run)
            folder.path.rename(self.folder(run).path)
            claim.release()
        return run

    def claim(self, run: RunRef) -> FileLock:
        """The claim on an attempt that is to go on. Raises UnderWay where it, or another attempt at its spec, is at work."""
        self.folder(run).spec()  # damaged or gone: say so now
        if self.done(run):
            raise ValueError("this run is done; there is nothing left to train")
        with self._alone(run.id):
            for other in self.attempts(run.id):
                if self.under_way(other):
                    raise UnderWay(other)
            return self._claim(run)

    def _claim(self, run: RunRef) -> FileLock:
        claim = locks.take(self._lock_file(run, "claim"), patience=1.0)
        if claim is None:
            raise UnderWay(run)
        return claim

    def lock_training(self, run: RunRef) -> FileLock:
        """Held by the process that trains, as long as it does. Raises UnderWay where another one does."""
        lock = locks.take(self._lock_file(run, "lock"), patience=5.0)  # patience: one that was told to leave may still write
        if lock is None:
            raise UnderWay(run)
        return lock

    def under_way(self, run: RunRef) -> bool:
        """Whether a living process trains this run or has it in its queue."""
        return locks.held(self._lock_file(run, "claim")) or locks.held(self._lock_file(run, "lock"))

    def refusal(self, run: RunRef) -> str:
        """Why a run that this process does not train cannot be steered."""
        return ELSEWHERE if self.under_way(run) else "this run is not under way"

    def status(self, run: RunRef) -> Status:
        """Where the run stands, as its folder tells. Raises ValueError for a folder that is damaged or gone."""
        if self.under_way(run):
            return Status(State.TRAINING, reason=ELSEWHERE)
        folder = self.folder(run)
        folder.spec()
        match folder.ending():
            case Done():
                return Status(State.DONE)
            case Stopped(reason=reason):
                return Status(State.STOPPED, owner=True, reason=reason, still=True)
            case Failed(reason=reason):
                return Status(State.FAILED, owner=True, reason=reason)
        return Status(State.INTERRUPTED, owner=True, reason=CUT_SHORT)

    def find(self, spec: RunSpec, choice: Choice = every_run) -> RunRef | None:
        """The newest attempt at this spec of this choice that was made here and can be read."""
        made = (run for run in self.attempts(spec.id) if choice(run))
        return next((run for run in made if self._readable(run) and not self.foreign(run)), None)

    def finished(self, spec: RunSpec) -> RunRef | None:
        """The newest attempt at this spec that was made here and reached its end."""
        return next((run for run in self.attempts(spec.id) if self.done(run) and not self.foreign(run)), None)

    def candidates(self, spec: RunSpec) -> list[RunRef]:
        """All attempts at this spec that reached their end, those made here first."""
        return sorted(filter(self.done, self.attempts(spec.id)), key=self.foreign)

    def _readable(self, run: RunRef) -> bool:
        try:
            self.folder(run).spec()
            self.folder(run).ending()
        except (ValueError, OSError):
            return False
        return True

    def done(self, run: RunRef) -> bool:
        """Whether the run reached its end."""
        try:
            return isinstance(self.folder(run).ending(), Done)
        except ValueError:  # damaged: not an end
            return False

    def match(self, text: str) -> RunRef:
        """The run a person means by a key, or by the beginning of one. Raises ValueError unless it is exactly one."""
        if KEY.fullmatch(text):
            return parse_key(text)
        found = list(filter(abbreviation(text), self.runs()))
        if not found:
            raise ValueError(f"there is no run {text} on this machine")
        if len(found) > 1:
            raise ValueError(f"{text} is the beginning of {len(found)} runs: {', '.join(short(run) for run in found)}")
        return found[0]

    def children(self, run: RunRef) -> tuple[RunRef, ...]:
        """The runs that have this one among their inputs, and have no other attempt at the same to start from."""
        if any(self.done(other) for other in self.attempts(run.id) if other != run):
            return ()
        found = []
        for other in self.runs():
            with suppress(ValueError):  # what cannot be read has no inputs
                if any(given.id == run.id for given in self.folder(other).spec().inputs.values()):
                    found.append(other)
        return tuple(found)

    def thin(self, run: RunRef) -> None:
        """Keep the first snapshot and the last. Raises ValueError for a run that is not done."""
        if not self.done(run):
            raise ValueError(f"{short(run)} is not done; it needs all its snapshots")
        thin(self.folder(run))

    def delete(self, run: RunRef) -> None:
        """Remove a run for good. Raises HasChildren while others come from it, ValueError while it is under way or where there is none."""
        if not self.folder(run).path.is_dir():
            raise ValueError(f"there is no run {short(run)} on this machine")
        if children := self.children(run):
            raise HasChildren(run, children)
        self.drop(run)

    def drop(self, run: RunRef) -> None:
        """Remove a run of which it is known that no other comes from it. Raises ValueError while it is under way."""
        with self._alone(run.id):
            if self.under_way(run):
                raise ValueError(f"{short(run)} is under way; stop it first")
            self._remove(run)

    def _prune(self, id: str, choice: Choice) -> None:
        """Of those made here keep the newest two ended attempts, and the newest that was done: all would be the same weights again."""
        ended = [run for run in self.attempts(id) if not self.foreign(run)]
        done = next((run for run in ended if self.done(run)), None)
        for run in ended[KEPT_ATTEMPTS:]:
            if run != done and choice(run):
                self._remove(run)

    def _remove(self, run: RunRef) -> None:
        folder = self.folder(run).path
        bin = folder.with_name(f".deleted-{run.attempt}")
        shutil.rmtree(bin, ignore_errors=True)  # left by a kill
        folder.rename(bin)  # first out of sight at once, then file by file
        shutil.rmtree(bin)

    def _lock_file(self, run: RunRef, kind: str) -> Path:
        return self.root / run.id / f"{run.attempt}.{kind}"

    @contextmanager
    def _alone(self, id: str) -> Iterator[None]:
        lock = locks.take(self.root / id / "lock", patience=10.0)
        if lock is None:
            raise ValueError("another program on this machine keeps this run locked; try again")
        try:
            yield
        finally:
            lock.release()


def _numbers(folder: Path, ending: str) -> list[int]:
    """N for every item `N<ending>` in a folder."""
    names = [item.name.removesuffix(ending) for item in folder.glob(f"*{ending}") if item.name.endswith(ending)]
    return [int(name) for name in names if name.isdecimal()]


def _changed(folder: RunFolder) -> float:
    """When it last said something, or was made."""
    for file in (folder.updates, folder.path):
        with suppress(FileNotFoundError):  # it has said nothing yet, or was deleted a moment ago
            return file.stat().st_mtime
    return 0.0
