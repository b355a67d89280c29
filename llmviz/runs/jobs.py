"""A run that waits or trains, as the engine keeps it: whose it is, who watches, what was last asked of it."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from llmviz.core.experiment import START
from llmviz.core.run import RunRef
from llmviz.runs.engine import Command, ControlRefused, Slow, State
from llmviz.runs.process import Message, Process

BY_HAND = "stopped by hand"
DOES_NOT_START = "the training program does not start; the file logs/train-1.log in the folder of the runs says why"
UNWATCHED = "nobody was watching"
ORPHANED = "the run it was to follow did not reach its end"
STOPPING = 3.0  # seconds a new attempt waits for the end of the one before
STUDIES = "a study"  # by which the engine knows who watches the runs of studies; no browser is called so
HOLDS = 10.0  # seconds after a press for which a paused run keeps its worker though others wait: step after step is taken at once
LENT = "another run has its worker meanwhile"


@dataclass(eq=False)
class Job:
    """One run under way. `sent` numbers the commands, so that an acknowledgement of an older one is not taken for news.

    A paused run may part from its worker, for others wait: it stays paused, and waits for a worker once it is to go on or take a step.
    """

    run: RunRef
    owner: str  # who steers it
    claim: FileLock
    after: Mapping[RunRef, str]  # the runs whose ends it waits for, each with the role it plays
    as_input: bool  # it began because another needs it first; nobody asked for it
    visitor: str  # for whom it trains
    press: object  # all that one press began has the same
    of_study: bool
    state: State = State.QUEUED
    still: bool = False
    stepping: bool = False  # one step was asked for and is not done
    delay: float = 0.0
    worker: Process | None = None
    sent: int = 0
    stopping: str = ""  # why it was told to
    starts: int = 0
    parting: bool = False  # its worker was told to leave it
    parted: bool = False  # it has begun, and has no worker
    stays: bool = False  # its worker could not leave it, as on a full disk
    pressed: float = field(default_factory=time.monotonic)
    watched: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.time)  # by the clock of files

    def see(self) -> None:
        """Somebody is still there."""
        self.watched = time.monotonic()

    def unwatched(self, lease: float) -> bool:
        """Whether nobody has asked after the run for so long that it should end."""
        return not self.stopping and time.monotonic() - self.watched > lease

    def begin(self, worker: Process) -> None:
        """Hand the run to an idle worker, to train or to take the one step that was asked for."""
        self.worker, self.state, self.sent, self.still, self.parted = worker, State.STARTING, 0, False, False
        self.starts += 1
        self.told = time.time()
        worker.send({"do": "train", "run": self.run.key, "single": self.stepping})
        if self.delay:
            self._send({"do": "slow", "seconds": self.delay})

    def quiet(self, updates: Path) -> float:
        """Seconds since the run said something, or was told something."""
        said = 0.0
        with suppress(OSError):  # it has not said a word yet
            said = updates.stat().st_mtime
        return max(0.0, time.time() - max(said, self.told))

    @property
    def unheard(self) -> bool:
        """Whether its worker has not said a word of it. Told once only: the second time it may be the run that kills."""
        return self.state == State.STARTING and self.starts == 1 and not self.stopping

    def back(self) -> None:
        """Wait for a worker again."""
        self.worker, self.state = None, State.QUEUED

    @property
    def trains(self) -> bool:
        """Whether a worker is at it."""
        return self.worker is not None and self.state is not State.PAUSED

    @property
    def lends(self) -> bool:
        """Whether another may have its worker: it stands still, and nobody has pressed anything for some seconds."""
        idle = self.state is State.PAUSED and self.still and not (self.stepping or self.stopping or self.parting or self.stays)
        return self.worker is not None and idle and time.monotonic() - self.pressed > HOLDS

    def lend(self) -> None:
        """Let its worker keep a checkpoint and leave it."""
        still = self.still
        self._send({"do": "part"})
        self.parting, self.still = True, still

    def part(self) -> None:
        """Its worker has left it. It stays as it was asked to be meanwhile: paused, or waiting for another worker."""
        self.worker, self.parting, self.parted, self.still, self.starts = None, False, True, True, 0

    def obey(self, command: Command | Slow) -> None:
        """Pass a command on. Raises ControlRefused where it makes no sense now."""
        self.pressed, self.stays = time.monotonic(), False
        if isinstance(command, Slow):
            self.delay = command.seconds
            if self.worker:
                self._send({"do": "slow", "seconds": command.seconds})
            return
        if self.parted or (self.parting and command is not Command.STOP):
            return self._wait_for(command)
        if not self.worker:
            raise ControlRefused("this run waits in the queue and has not begun yet")
        match command:
            case Command.PAUSE:
                self.stepping = False
                self.state = State.PAUSED  # said at once: the worker stands still after its present step
            case Command.CONTINUE:
                self.state, self.stepping = State.TRAINING, False
            case Command.STEP:
                if self.state != State.PAUSED:
                    raise ControlRefused("one step is for a paused run; pause it first")
                if self.stepping:
                    return
                self.stepping = True
            case Command.STOP:
                self.stop(BY_HAND)
                return
        self._send({"do": command.value})

    def _wait_for(self, command: Command) -> None:
        """Wait for a worker in order to obey, or no more."""
        if command is Command.STEP and self.state is State.QUEUED and not self.stepping:
            raise ControlRefused("one step is for a paused run; this one waits for a worker to go on")
        self.stepping = command is Command.STEP
        self.state = State.PAUSED if command is Command.PAUSE else State.QUEUED

    def stop(self, reason: str) -> None:
        """Let the worker checkpoint and end the run."""
        self.stopping = reason
        self._send({"do": "stop", "reason": reason})

    def hear(self, message: Message) -> None:
        """The worker says how it stands, having obeyed all commands up to a number."""
        if message["number"] < self.sent:
            return
        if self.parting:  # it could not leave
            self.parting, self.stays = False, True
            if self.state is State.QUEUED:
                self.state = State.PAUSED if self.stepping else State.TRAINING
                self._send({"do": "step" if self.stepping else "continue"})
        else:
            self.state, self.still = State(message["say"]), message["still"]
            self.stepping = self.stepping and not self.still

    def _send(self, message: Message) -> None:
        self.sent += 1
        self.still = False
        self.told = time.time()
        if self.worker:
            self.worker.send({**message, "number": self.sent})


@dataclass(frozen=True)
class Who:
    """Who watches and steers a run that begins, for whom it trains, and by which press it began."""

    viewer: str
    visitor: str
    press: object = field(default_factory=object)

    def job(self, run: RunRef, claim: FileLock, after: Mapping[RunRef, str], as_input: bool) -> Job:
        """This run, about to wait."""
        return Job(run, self.viewer, claim, after, as_input, self.visitor, self.press, self.viewer == STUDIES)


def see(jobs: Mapping[RunRef, Job], run: RunRef) -> None:
    """Somebody looks at a run, and so at those it waits for."""
    if job := jobs.get(run):
        job.see()
        for other in job.after:
            see(jobs, other)


def let_go(jobs: Mapping[RunRef, Job], id: str) -> None:
    """Wait for an attempt that was told to stop, so that a new one can begin; some 0.1 s, unless it evaluates."""
    end = time.monotonic() + STOPPING
    while time.monotonic() < end and any(job.run.id == id and job.stopping for job in list(jobs.values())):
        time.sleep(0.01)


def waiting(roles: Sequence[str]) -> str:
    """What a run waits for whose inputs in these roles are not trained yet; "" for none."""
    what = ["the run it starts from" if role == START else f"its {role}" for role in roles]
    return f"as soon as {' and '.join(what)} {'is' if len(what) == 1 else 'are'} done" if what else ""


def needless(jobs: Mapping[RunRef, Job], stopped: Job) -> list[Job]:
    """The runs that began as inputs of one that was stopped, for the same viewer, and that no other waits for."""
    given = [jobs[run] for run in stopped.after if run in jobs]
    return [
        job for job in given if job.as_input and job.owner == stopped.owner and not any(job.run in other.after for other in jobs.values())
    ]
