"""All that an engine can do with runs without training: read, list, delete, take out as a zip and in again."""

import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

from llmviz.core import hosting
from llmviz.core.history import History
from llmviz.core.hosting import Limits
from llmviz.core.kept import Kept
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.owners import teaches
from llmviz.core.questions.base import Answer, AnyAnswer, Question
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs import ownership, parcel, room, tail
from llmviz.runs.allowance import Allowance
from llmviz.runs.attempt import sentence
from llmviz.runs.engine import Choice, State, Status, every_run
from llmviz.runs.folder import RunFolder
from llmviz.runs.jobs import STUDIES
from llmviz.runs.ownership import FOR_TEACHERS, OF_A_TEACHER, Rights
from llmviz.runs.rebuild import OURS, rebuild
from llmviz.runs.recordings import AnyQuestion, Recordings, answers
from llmviz.runs.store import Store, abbreviation, short
from llmviz.runs.summary import summary
from llmviz.runs.sweep import sweep
from llmviz.runs.visitors import Visitors

NOTED = 60.0  # seconds after which it is noted anew in a run's folder that somebody looked at it
WATCHING = 30.0  # seconds after which somebody who has not asked after a run again no longer looks at it


class Library:
    """The runs of a store, and the recordings. Knows who looks at which run, so that none is taken away before somebody's eyes."""

    def __init__(self, store: Store, recordings: Recordings, limits: Limits | None = None, workshop: str = OURS) -> None:
        self.limits = limits or hosting.limits()
        self.visitors = Visitors(self.limits.away_seconds)
        self.store = store
        self.allowance = Allowance(self, self.limits)
        self._workshop = workshop
        self.recordings = recordings
        self._histories = tail.Histories()
        self._summaries: dict[RunRef, tuple[object, Kept]] = {}
        self._kept_answers: dict[RunRef, dict[AnyQuestion, Mapping[int, Answer]]] = {}
        self._looks: dict[RunRef, dict[str, float]] = {}
        self._used: dict[RunRef, float] = {}  # when it was last noted that somebody looked

    def place(self, run: RunRef) -> Store | Recordings:
        """Where this run is kept."""
        return self.recordings if run.recorded else self.store

    def folder(self, run: RunRef) -> RunFolder:
        """The files of this run. Raises ValueError where it is gone, or of an older recipe."""
        folder = self.place(run).folder(run)
        folder.spec()
        return folder

    def history(self, run: RunRef) -> History:
        """All the run has said so far; reads only what is new."""
        return self._histories.look(self.folder(run).updates)

    def spec(self, run: RunRef) -> RunSpec:
        """What the run trains."""
        return self.place(run).folder(run).spec()

    def find(self, spec: RunSpec, choice: Choice = every_run) -> RunRef | None:
        """The newest attempt at this spec, of this choice, that was made on this machine; None where its folder is damaged: there is
        nothing to show.
        """
        return self._readable(self.store.find(spec, choice))

    def recorded(self, spec: RunSpec) -> RunRef | None:
        """The recording of exactly this spec; None also where it is damaged."""
        return self._readable(self.recordings.find(spec))

    def untrained(self, spec: RunSpec, named: Sequence[RunRef] = ()) -> dict[str, RunSpec]:
        """Those of its inputs of which there are no weights, made here or recorded, by role; what came from elsewhere has to be named."""
        there = {run.id for run in named if not run.recorded and self.store.done(run)}
        runs = {role: given for role, given in spec.inputs.items() if isinstance(given, RunSpec) and given.id not in there}
        return {role: given for role, given in runs.items() if not self.store.finished(given) and not self.recorded(given)}

    def before(self, spec: RunSpec, named: Sequence[RunRef] = ()) -> list[RunSpec]:
        """The runs to train before this one can be, each after those that it is made from itself."""
        found: dict[str, RunSpec] = {}
        for given in self.untrained(spec, named).values():
            found |= {each.id: each for each in (*self.before(given), given)}
        return list(found.values())

    def _readable(self, run: RunRef | None) -> RunRef | None:
        try:
            if run:
                self.history(run)
        except ValueError:
            return None
        return run

    def tokenizer(self, run: RunRef) -> Path:
        """The tokenizer.json the run reads its text with."""
        return self.folder(run).tokenizer()

    def answered(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer]) -> list[AnyAnswer] | None:
        """The answers of these snapshots, where the run keeps them all."""
        kept = self.kept_answers(run, question)
        return [kept[step] for step in steps] if all(step in kept for step in steps) else None

    def kept_answers(self, run: RunRef, question: Question[AnyAnswer]) -> Mapping[int, AnyAnswer]:
        """The answers to this question that the run keeps, by step."""
        if run not in self._kept_answers:
            self._kept_answers[run] = answers(self.place(run).folder(run))
        return cast(Mapping[int, AnyAnswer], self._kept_answers[run].get(question, {}))

    def looked(self, run: RunRef, viewer: str) -> None:
        """This viewer looks at the run now."""
        self.see(viewer)
        now = time.monotonic()
        self._looks.setdefault(run, {})[viewer] = now
        if self.limits.hosted and not run.recorded and now - self._used.get(run, -NOTED) >= NOTED:
            self._used[run] = now
            self.rights(run).used()

    def see(self, viewer: str) -> None:
        """This viewer is here."""
        self.visitors.see(viewer)

    def away(self, viewer: str) -> bool:
        """Whether nothing has been seen of this viewer for so long that others may steer what is theirs."""
        return self.visitors.away(viewer)

    def standing(self) -> Mapping[RunRef, Status]:
        """How those runs stand that this program has under way."""
        return {}

    def owned(self, viewer: str) -> list[RunRef]:
        """The runs that are this viewer's, the newest first; not those that are everybody's."""
        return [run for run in self.store.runs() if self.rights(run).owners.name(viewer)]

    def sweep(self) -> None:
        """Where strangers come and room is short, let go what nobody has used for longest."""
        if self.limits.hosted:
            for run in sweep(self.store, self.limits, lambda run: bool(self._watching(run))):
                self._summaries.pop(run, None)
                self._looks.pop(run, None)

    def make_room(self) -> None:
        """The same at once, where there is no room at all."""
        if room.short(self.store.root, self.limits):
            self.sweep()

    def _watching(self, run: RunRef) -> list[str]:
        """Who looks at the run."""
        return [name for name, when in list(self._looks.get(run, {}).items()) if time.monotonic() - when < WATCHING]

    def rights(self, run: RunRef) -> Rights:
        """Whose a run is, and who may see it where strangers come."""
        return Rights(self.place(run).folder(run).path, run.recorded)

    def mark(self, run: RunRef, mark: str, on: bool, viewer: str) -> None:
        """Share a run, or as a teacher make it public or pin it; or do so no more. Raises ValueError for a viewer who may not."""
        rights = self.rights(run)
        if run.recorded:
            raise ValueError("a recording is everybody's")
        if mark in OF_A_TEACHER and not teaches(viewer):
            raise ValueError(FOR_TEACHERS)
        if not rights.may_change(viewer):
            raise ValueError(ownership.REFUSED.format("share"))
        rights.mark(mark, on)

    def dispensable(self, run: RunRef, viewer: str) -> bool:
        """Whether nobody but this viewer has the run, nor wants it kept."""
        rights = self.rights(run)
        return not self.limits.hosted or not (rights.owners.others(viewer) or rights.kept or rights.has(ownership.SHARED))

    def shelf(self, choice: Choice = every_run) -> list[Kept]:
        """Every run of this choice, the newest first, then the recordings that can be read."""
        under_way = self.standing()
        made = [self._kept(run, under_way.get(run)) for run in filter(choice, self.store.runs())]
        return made + self._recorded

    @cached_property
    def _recorded(self) -> list[Kept]:
        """The recordings that can be read: nothing changes them, and pages ask for the shelf at every drawing."""
        return [kept for kept in (self._kept(run, None) for run in self.recordings.runs()) if kept.spec]

    def learning_curves(self) -> list[LearningCurve]:
        """Those that came with the program."""
        return self.recordings.learning_curves

    def _kept(self, run: RunRef, status: Status | None) -> Kept:
        folder = self.place(run).folder(run)
        try:
            status = status or self.place(run).status(run)
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
        """Remove a run for good; one that others were given stays theirs.

        Raises HasChildren while others come from it and no other attempt at the same is done; ValueError while it is under way, while
        somebody else looks at it, where strangers come and it is another's, for a recording, or where there is none.
        """
        self._refuse(run, viewer, "delete")
        owners = self.rights(run).owners
        if self.limits.hosted and viewer != STUDIES and not teaches(viewer) and owners.others(viewer):
            return owners.remove(viewer)
        self.place(run).delete(run)
        self._summaries.pop(run, None)
        self._looks.pop(run, None)

    def thin(self, run: RunRef, viewer: str) -> None:
        """Keep of a run that is done the first snapshot and the last, and all curves.

        Raises ValueError while it is not done or somebody else looks at it, where strangers come and it is another's, for a recording, or
        where its files cannot be read.
        """
        self._refuse(run, viewer, "thin out")
        if self.limits.hosted and viewer != STUDIES and not self.dispensable(run, viewer):
            raise ValueError("others have this run too, or may open it; it stays whole")
        try:
            self.place(run).thin(run)
        except OSError as problem:
            raise ValueError(sentence(problem)) from problem
        self._summaries.pop(run, None)

    def _refuse(self, run: RunRef, viewer: str, what: str) -> None:
        if self.limits.hosted and viewer != STUDIES and not self.rights(run).may_change(viewer):
            raise ValueError(ownership.REFUSED.format(what))
        if teaches(viewer):
            return
        others = [name for name in self._watching(run) if name != viewer]
        if others:
            who = "somebody else looks" if len(others) == 1 else f"{len(others)} others look"
            raise ValueError(f"{who} at {short(run)} just now; try again in half a minute")

    def pack(self, run: RunRef, to: BinaryIO) -> None:
        """Write the whole run as a zip. Raises ValueError while it is under way, and where its files cannot be read."""
        if self.place(run).under_way(run):
            raise ValueError(f"{short(run)} is under way; stop it, or wait for its end")
        try:
            parcel.pack(self.folder(run), to)
        except OSError as problem:
            raise ValueError(sentence(problem)) from problem

    def unpack(self, file: BinaryIO, viewer: str = "") -> RunRef:
        """Take in a run that was packed, as a new attempt at its spec that is this viewer's, or everybody's. Raises ValueError, in a
        sentence, for anything else.
        """
        run = take_in(self.store, file, self._workshop)
        if viewer:
            self.rights(run).owners.begin(viewer)
        return run


def named(store: Store, recordings: Recordings, text: str) -> tuple[RunRef, RunFolder]:
    """The run a person means: by its key or the beginning of one, or a recording by its name.

    Where several attempts share the key it is the newest that was made here and is done, else the recording.
    Raises ValueError unless it is exactly one.
    """
    there = {run: recordings.folder(run) for run in recordings.runs()}
    for run, folder in there.items():
        if folder.path.name == text:
            return run, folder
    found = list(filter(abbreviation(text), (*store.runs(), *there)))
    if not found:
        raise ValueError(f"there is no run {text} on this machine, and no recording of this name or key")
    if len({run.id for run in found}) == 1:
        made = [run for run in store.attempts(found[0].id) if run in found and store.done(run) and not store.foreign(run)]
        first = made or [run for run in found if run in there]
        found = first[:1] or found
    if len(found) > 1:
        raise ValueError(f"{text} is the beginning of {len(found)} runs: {', '.join(short(run) for run in found)}")
    return found[0], there.get(found[0]) or store.folder(found[0])


def take_in(store: Store, file: BinaryIO, workshop: str = OURS) -> RunRef:
    """Rebuild a run that was packed, marked as imported, among those of the store. Raises ValueError, in a sentence."""
    incoming = store.root / f".incoming-{uuid.uuid4().hex}"
    try:
        return store.adopt(rebuild(file, incoming, workshop))
    except OSError as problem:
        raise ValueError(sentence(problem)) from problem
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
