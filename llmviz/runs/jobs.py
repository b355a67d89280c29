"""A run that waits or trains, as the engine keeps it: whose it is, who watches, what was last asked of it."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from llmviz.core.experiment import START
from llmviz.core.run import RunRef
from llmviz.runs.engine import Command, ControlRefused, Slow, State, Status
from llmviz.runs.process import Message, Process

BY_HAND = "stopped by hand"
STOPPING = 3.0  # seconds a new attempt waits for the end of the one before
OWNER_AWAY = 5.0  # seconds without a sign of the owner, then the next viewer to press a control takes over


@dataclass
class Job:
    """One run under way. `sent` numbers the commands, so that an acknowledgement of an older one is not taken for news."""

    run: RunRef
    owner: str
    claim: FileLock
    after: Mapping[RunRef, str] = field(default_factory=dict)  # the runs whose ends it waits for, each with the role it plays
    as_input: bool = False  # it began because another needs it first; nobody asked for it
    state: State = State.QUEUED
    still: bool = False
    stepping: bool = False  # one step was asked for and is not done
    delay: float = 0.0
    worker: Process | None = None
    sent: int = 0
    stopping: bool = False
    starts: int = 0
    owner_seen: float = field(default_factory=time.monotonic)
    watched: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.time)  # by the clock of files

    def see(self, viewer: str) -> None:
        """This viewer is still there."""
        self.watched = time.monotonic()
        if viewer == self.owner:
            self.owner_seen = self.watched

    def may(self, viewer: str) -> bool:
        """Whether this viewer may control the run: the owner, or anybody while the owner is away."""
        return viewer == self.owner or time.monotonic() - self.owner_seen > OWNER_AWAY

    def take(self, viewer: str) -> None:
        """Let this viewer control the run from now on. Raises ControlRefused where another does."""
        if not self.may(viewer):
            raise ControlRefused("somebody else started this run and steers it; train a copy of your own to steer")
        self.owner = viewer
        self.see(viewer)

    def unwatched(self, lease: float) -> bool:
        """Whether nobody has asked after the run for so long that it should end."""
        return not self.stopping and time.monotonic() - self.watched > lease

    def status(self, viewer: str, position: int) -> Status:
        """The run as this viewer finds it."""
        return Status(self.state, position, owner=self.may(viewer), delay=self.delay, still=self.still)

    def begin(self, worker: Process) -> None:
        """Hand the run to an idle worker."""
        self.worker, self.state, self.stepping = worker, State.STARTING, False
        self.starts += 1
        self.told = time.time()
        worker.send({"do": "train", "run": self.run.key})
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

    def obey(self, command: Command | Slow) -> None:
        """Pass a command on. Raises ControlRefused where it makes no sense now."""
        if isinstance(command, Slow):
            self.delay = command.seconds
            if self.worker:
                self._send({"do": "slow", "seconds": command.seconds})
            return
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

    def stop(self, reason: str) -> None:
        """Let the worker checkpoint and end the run."""
        self.stopping = True
        self._send({"do": "stop", "reason": reason})

    def hear(self, message: Message) -> None:
        """The worker says how it stands, having obeyed all commands up to a number."""
        if message["number"] >= self.sent:
            self.state, self.still = State(message["say"]), message["still"]
            self.stepping = self.stepping and not self.still

    def _send(self, message: Message) -> None:
        self.sent += 1
        self.still = False
        self.told = time.time()
        if self.worker:
            self.worker.send({**message, "number": self.sent})


def see(jobs: Mapping[RunRef, Job], run: RunRef, viewer: str) -> None:
    """This viewer looks at a run, and so at those it waits for."""
    if job := jobs.get(run):
        job.see(viewer)
        for other in job.after:
            see(jobs, other, viewer)


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
