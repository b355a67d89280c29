"""Trains the runs of studies in the background, over the queue that all visitors share, and says how far each has come.

At most one run of all studies waits in the queue, and another trains beside it only while that leaves a worker to visitors. Runs that
exist are used, not trained again. A study that trains counts as somebody who watches its runs, for at most two hours at a stretch.

When the server has ended, a study stands still as single runs do, and goes on when asked: whoever opens the app before a lecture should
not find its cores taken by a study of last week. Nothing is lost, since runs go on from their checkpoints.
"""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from llmviz.core import hosting
from llmviz.core.hosting import Limits
from llmviz.core.owners import teaches
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.study import Study, ancestors
from llmviz.runs import locks
from llmviz.runs.attempt import sentence
from llmviz.runs.engine import UNDER_WAY, Command, Engine, State, Status
from llmviz.runs.jobs import STUDIES
from llmviz.runs.progress import Progress, study_seconds_left
from llmviz.runs.results import Result, Results
from llmviz.runs.study_files import Origin, StudyFiles
from llmviz.runs.visitors import until

LONGEST = 2 * 3_600.0  # seconds for which a study trains before it asks whether to go on
MOST_TRIES = 3  # at a run that is cut short
BEAT = 0.25  # seconds between two looks at the runs under way
RETRY = 2.0  # seconds after which an engine that took no run is asked again
PATIENCE = 15.0  # seconds to wait for runs that were told to stop
NOWHERE = Origin()
BY_HAND = "stopped by hand"
LONG_ENOUGH = "it has trained for two hours, the longest at a stretch"
TIRED = f"some of its runs were stopped or cut short {MOST_TRIES} times"
CUT_SHORT = "the server ended while it trained; it can go on"
ELSEWHERE = "another program on this machine trains this study"
OWN = "a study that you started trains already; a visitor has no more at a time, so wait for its end, or stop it"
TAKES_TURNS = "the runs of another study are training"
RESUMABLE = frozenset({State.STOPPED, State.INTERRUPTED, State.FAILED})


@dataclass
class _Going:
    """A study that trains. Pages read `under_way` meanwhile, so it is replaced, never changed."""

    study: Study
    owner: str
    lock: FileLock
    origin: Origin
    under_way: Mapping[str, tuple[RunSpec, RunRef, Status]] = field(default_factory=dict)
    whole: set[RunRef] = field(default_factory=set)  # those it began whose snapshots are thinned out once they are done
    given_up: set[str] = field(default_factory=set)
    cut_short: Counter[str] = field(default_factory=Counter)
    waits: str = ""  # why the engine took no run
    again: float = 0.0  # when to ask it again
    stopping: str = ""
    began: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)


class Studies:
    """The studies of one home. Make one per server, beside its engine."""

    def __init__(self, engine: Engine, home: Path, limits: Limits | None = None) -> None:
        self._engine = engine
        self._limits = limits or hosting.limits()
        self._files = StudyFiles(home / "studies")
        self._results = Results(engine)
        self._lock = threading.Lock()
        self._going: dict[str, _Going] = {}
        self._closing = threading.Event()

    def start(self, study: Study, viewer: str, origin: Origin = NOWHERE) -> None:
        """Train what is missing of a study, whether it is new or stood still. Raises ValueError, in a sentence, where it cannot."""
        with self._lock:
            self._given(study, viewer)
            if study.id in self._going or not self._results.missing(study):
                return
            if len(self._going) >= self._limits.studies:
                raise ValueError(f"{self._limits.studies} studies are training already; wait for the end of one, or stop one")
            if self._presses(viewer, origin) >= self._limits.studies_each:
                raise ValueError(OWN)
            self._engine.allowance.check(viewer, self._results.missing(study))
            try:
                lock = locks.take(self._files.lock(study))
                if lock is None:
                    raise ValueError(ELSEWHERE)
                new = not self.started(study)
                self._files.write(study, "", origin)
                if new:
                    self._files.owners(study).begin(viewer)
            except OSError as problem:
                raise ValueError(sentence(problem)) from problem
            self._engine.see(viewer)
            self._going[study.id] = _Going(study, viewer, lock, origin)
            if len(self._going) == 1:
                threading.Thread(target=self._conduct, name="studies", daemon=True).start()

    def _given(self, study: Study, viewer: str) -> None:
        """The study is this viewer's too, and so is what there is of its runs: equal settings train once."""
        self._files.owners(study).add(viewer)
        made_from = (each for spec in study.specs() for each in ancestors(spec))
        for each in (*study.specs(), *made_from):
            found = self._results.of(each)
            if found and found.run:
                self._engine.rights(found.run).owners.add(viewer)

    def _give(self, going: _Going, run: RunRef) -> None:
        """A run of a study is all of theirs who started it; somebody may have while it trained."""
        self._engine.rights(run).owners.join(self._files.owners(going.study).digests or ())

    def _lists(self, study: Study, viewer: str) -> bool:
        return not self._limits.hosted or teaches(viewer) or self._files.owners(study).have(viewer)

    def _presses(self, viewer: str, origin: Origin) -> int:
        """How often this visitor has started studies that train, other than by the press that starts this one: it may start several."""
        others = [going.origin for going in self._going.values() if going.owner == viewer and going.origin != origin]
        return sum(each not in others[:place] for place, each in enumerate(others))

    def _may(self, going: _Going, viewer: str) -> bool:
        """Whether this viewer may stop it: whoever started it, or anybody while that one is away."""
        return viewer == going.owner or teaches(viewer) or self._engine.away(going.owner)

    def stop(self, study: Study, viewer: str) -> None:
        """Let a study stand still; its runs keep checkpoints. Raises ValueError for a viewer who may not."""
        going = self._going.get(study.id)
        if going is None:
            return
        if not self._may(going, viewer):
            raise ValueError(f"somebody else started this study, and they alone may stop it {until(self._limits.away_seconds)}")
        going.stopping = BY_HAND
        going.ended.wait(PATIENCE)

    def started(self, study: Study) -> bool:
        """Whether it was ever started on this machine."""
        return self._files.file(study).is_file()

    def listed(self, viewer: str) -> list[tuple[Study, Origin]]:
        """Every study that was started on this machine, where strangers come by this viewer, the one that began or ended last first; and
        the page that started it.
        """
        return [(study, origin) for study, origin in self._files.listed() if self._lists(study, viewer)]

    def delete(self, study: Study, viewer: str) -> None:
        """Forget a study; its runs stay, and it stays in the lists of others who started it. Raises ValueError while it trains."""
        with self._lock:
            if not self._lists(study, viewer):
                raise ValueError("somebody else started this study")
            if self._limits.hosted and not teaches(viewer) and self._files.owners(study).others(viewer):
                return self._files.owners(study).remove(viewer)
            if study.id in self._going or locks.held(self._files.lock(study)):
                raise ValueError("this study is training; stop it first")
            try:
                self._files.delete(study)
            except OSError as problem:
                raise ValueError(sentence(problem)) from problem

    def look(self, study: Study, viewer: str) -> Progress:
        """How far it has come. Cheap enough to be asked three times a second."""
        going = self._going.get(study.id) if self._lists(study, viewer) else None
        self._engine.see(viewer)
        missing = self._results.missing(study, lambda found: self._shows(found, viewer))
        seen = ((spec, self._results.of(spec)) for spec in (*study.specs(), *missing))
        results = {spec.id: found for spec, found in seen if found and self._shows(found, viewer)}
        done = sum(spec.id in results and results[spec.id].done for spec in study.specs())
        under_way = {id: (spec, status) for id, (spec, _, status) in going.under_way.items()} if going else {}
        state, reason = self._state(study, going, results, missing) if self._lists(study, viewer) or not missing else (None, "")
        left = study_seconds_left(study, missing, results)
        owner = self._may(going, viewer) if going else state is not State.TRAINING
        return Progress(state, owner, reason, results, done, under_way, tuple(missing), left)

    def _shows(self, found: Result, viewer: str) -> bool:
        """Whether this viewer finds this result where strangers come."""
        return not self._limits.hosted or found.run is None or self._engine.rights(found.run).lists(viewer)

    def close(self) -> None:
        """Leave the runs to the engine, which lets them checkpoint; the studies can go on."""
        self._closing.set()
        for going in list(self._going.values()):
            going.ended.wait(PATIENCE)

    def _state(self, study: Study, going: _Going | None, results: Mapping[str, Result], missing: list[RunSpec]) -> tuple[State | None, str]:
        if going:
            others = any(other.under_way for other in self._going.values())
            return State.TRAINING, going.waits or (TAKES_TURNS if others and not going.under_way else "")
        if not missing:
            return State.DONE, ""
        if not self.started(study):
            return None, ""
        if locks.held(self._files.lock(study)):
            return State.TRAINING, ELSEWHERE
        if stopped := self._files.stopped(study):
            return State.STOPPED, stopped
        failed = {id for id, result in results.items() if result.failed}
        if all(not failed.isdisjoint(each.id for each in (spec, *ancestors(spec))) for spec in missing):
            return State.FAILED, ""
        return State.INTERRUPTED, CUT_SHORT

    def _conduct(self) -> None:
        """Until no study trains: look at the runs under way, and begin the next."""
        while not self._closing.is_set():
            for going in list(self._going.values()):
                try:
                    self._watch(going)
                except (ValueError, OSError) as problem:
                    self._end(going, sentence(problem))
            self._begin_next()
            with self._lock:
                if not self._going:
                    return
            self._closing.wait(BEAT)
        for going in list(self._going.values()):
            self._leave(going)

    def _watch(self, going: _Going) -> None:
        """See how its runs stand, and whether it is at its end."""
        now = {}
        for id, (spec, run, _) in going.under_way.items():
            status = self._engine.status(run, STUDIES)
            if status.state in UNDER_WAY:
                now[id] = (spec, run, status)
                continue
            self._results.forget(id)
            self._give(going, run)
            if status.state is not State.DONE:
                going.whole.discard(run)  # it may need all it has to go on
            going.cut_short[id] += status.state not in (State.DONE, State.FAILED)
            if status.state is State.FAILED or going.cut_short[id] >= MOST_TRIES:
                going.given_up.add(id)
        going.under_way = now
        self._thin(going)
        if going.stopping or time.monotonic() - going.began > LONGEST:
            self._end(going, going.stopping or LONG_ENOUGH)
        elif not now and self._next(going) is None:
            self._end(going, TIRED if any(count >= MOST_TRIES for count in going.cut_short.values()) else "")

    def _begin_next(self) -> None:
        """Begin one run, of the study whose turn it is, if there is room for it."""
        there = list(self._going.values())
        if any(going.under_way for going in there) and not self._engine.spare():
            return
        for going in there:
            if time.monotonic() < going.again:
                continue
            try:
                spec = self._next(going)
                if spec is None:
                    continue
                run, began = self._train(spec, going.owner)
                self._give(going, run)
                if began:
                    self._engine.allowance.note(going.owner, run, spec)
                if began and spec.seed != going.study.seeds[0]:
                    going.whole.add(run)
                going.under_way = {**going.under_way, spec.id: (spec, run, self._engine.status(run, STUDIES))}
                going.waits = ""
            except (ValueError, OSError) as problem:
                going.waits, going.again = sentence(problem), time.monotonic() + RETRY
                continue
            with self._lock:
                self._going[going.study.id] = self._going.pop(going.study.id)  # the next turn is another's
            return

    def _next(self, going: _Going) -> RunSpec | None:
        """The first run that can begin; one whose parent failed cannot."""
        missing = self._results.missing(going.study)
        absent = {spec.id for spec in missing}
        taken = going.given_up | {*going.under_way}
        ready = (spec for spec in missing if spec.id not in taken and not any(each.id in absent for each in ancestors(spec)))
        return next(ready, None)

    def _train(self, spec: RunSpec, owner: str) -> tuple[RunRef, bool]:
        """Let an attempt that was cut short go on, join one under way, or begin one; and whether it is the study's own."""
        run = self._engine.find(spec)
        state = self._engine.status(run, STUDIES).state if run else None
        if run and state in RESUMABLE:
            with suppress(ValueError):  # damaged: begin anew
                self._engine.resume(run, STUDIES)
                return run, True
        return self._engine.train(spec, STUDIES, owner=owner), state not in UNDER_WAY

    def _thin(self, going: _Going) -> None:
        """Of the study's own runs that are done keep two snapshots each: with some 30 they are 8 MB, and a study reads their curves alone.

        Those of its first seed stay whole, for pages draw them and open them; and one that somebody looks at is left until later.
        """
        for run in going.whole - {run for _, run, _ in going.under_way.values()}:
            with suppress(ValueError):
                self._engine.thin(run, STUDIES)
                going.whole.discard(run)

    def _end(self, going: _Going, stopped: str) -> None:
        """Stop its runs but those that another study or another viewer wants, and keep why."""
        wanted = {id for other in list(self._going.values()) if other is not going for id in other.under_way}
        for id, (_, run, _) in going.under_way.items():
            if id not in wanted:
                with suppress(ValueError):
                    self._engine.control(run, Command.STOP, STUDIES)
        with suppress(OSError):  # a full disk: it is then said to have been cut short
            self._files.write(going.study, stopped, going.origin)
        self._leave(going)

    def _leave(self, going: _Going) -> None:
        with self._lock:
            self._going.pop(going.study.id, None)
            going.lock.release()
        going.ended.set()
