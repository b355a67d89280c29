"""The contract between pages and whatever trains: a laptop's workers, one day a cluster.

Values in, values out. Knows no process, no file format and no model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from llmviz.core.history import History
from llmviz.core.kept import Kept
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.runs.allowance import Allowance
from llmviz.runs.ownership import Rights


class State(StrEnum):
    """Where a run stands. The first is for recordings alone; the last four are ends, of which all but DONE can go on.

    One that waits for a worker to go on after a pause is QUEUED once more.
    """

    RECORDED = "recorded"
    QUEUED = "queued"
    STARTING = "starting"
    TRAINING = "training"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


ENDED = frozenset({State.DONE, State.RECORDED})
LOADING = "the training program is loading"  # why a run whose turn has come is still QUEUED
UNDER_WAY = frozenset({State.QUEUED, State.STARTING, State.TRAINING, State.PAUSED})


@dataclass(frozen=True)
class Status:
    """A run as one viewer finds it.

    Attributes:
        state: where the run stands.
        position: the place in the queue, 1 is next; 0 outside the queue.
        owner: whether this viewer may control it.
        reason: why it stopped, failed or was interrupted, what it waits for at its turn, or that a paused run has no worker, in a
            sentence; "" otherwise.
        delay: seconds of waiting put before each step.
        still: whether it stands between two steps, with all it needs for the next one kept. A run told to pause first ends its step.
        quiet: seconds since a training run last said or was told something: an evaluation takes some, a program that hangs ever more.
    """

    state: State
    position: int = 0
    owner: bool = False
    reason: str = ""
    delay: float = 0.0
    still: bool = False
    quiet: float = 0.0


Runs = Sequence[RunRef]
Choice = Callable[[RunRef], bool]


def every_run(_run: RunRef) -> bool:
    """The choice that takes every run."""
    return True


class Command(StrEnum):
    """What can be asked of a run under way. STEP learns one batch of a paused run and pauses again; asked for twice before it is done,
    as by a double click, it is one step.
    """

    PAUSE = "pause"
    CONTINUE = "continue"
    STEP = "step"
    STOP = "stop"


@dataclass(frozen=True)
class Slow:
    """Wait this many seconds before each step, so that eyes can follow. 0 is full speed."""

    seconds: float

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= 10:  # also refuses nan
            raise ValueError("the wait before a step is 0 to 10 seconds")


class ControlRefused(ValueError):
    """This viewer may not do this to this run now; the message says why."""


class HasChildren(ValueError):
    """A run cannot be deleted, for `children` are made from it."""

    def __init__(self, run: RunRef, children: tuple[RunRef, ...]) -> None:
        names = ", ".join(f"{child.id[:12]}-{child.attempt}" for child in children)
        count = "another run is" if len(children) == 1 else f"{len(children)} runs are"
        super().__init__(f"{count} made from this one and would lose what they come from: {names}; delete those first")
        self.children = children


class Engine(Protocol):
    """Train, watch, control, ask, keep. Every refusal is a ValueError whose message a page can show."""

    @property
    def allowance(self) -> Allowance:
        """What visitors may still ask for, where strangers come."""

    def train(self, spec: RunSpec, viewer: str, after: RunRef | None = None, owner: str = "", named: Runs = ()) -> RunRef:
        """Join the attempt at this spec that is under way, or queue a new one that belongs to this viewer.

        A study has it trained for its `owner`, whose run it then is, though the study steers it. Raises ValueError where this visitor, or
        all together, let enough runs wait.

        It waits for the end of `after`, and by itself for those of the runs it is made from: of one that has no weights here yet an attempt
        is joined, goes on or begins. If one of these ends is not reached, it stops. Of its inputs those `named` are these very runs: only
        so does one begin from weights that came from elsewhere.
        """

    def resume(self, run: RunRef, viewer: str) -> None:
        """Let a run that stopped, failed or was interrupted go on from its checkpoint."""

    def control(self, run: RunRef, command: Command | Slow, viewer: str) -> None:
        """Steer a run under way. Raises ControlRefused for a viewer who does not control it."""

    def status(self, run: RunRef, viewer: str) -> Status:
        """Where the run stands. Asking also says that this viewer is still watching."""

    def see(self, viewer: str) -> None:
        """This viewer is here."""

    def away(self, viewer: str) -> bool:
        """Whether nothing has been seen of this viewer for so long that others may steer what is theirs."""

    def history(self, run: RunRef) -> History:
        """All the run has said so far. Cheap enough to be asked three times a second."""

    def spec(self, run: RunRef) -> RunSpec:
        """What the run trains."""

    def find(self, spec: RunSpec, choice: Choice = every_run) -> RunRef | None:
        """The newest attempt at this spec, of this choice, that was made on this machine."""

    def recorded(self, spec: RunSpec) -> RunRef | None:
        """The recording of exactly this spec."""

    def spare(self) -> int:
        """How many runs more could begin at once and still leave a worker to the next visitor."""

    def answer(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer], first: bool = False) -> list[AnyAnswer]:
        """What the snapshots after these steps make of the question, in the order of `steps`. Waits for the answer; what is asked
        `first` goes before all that waits.

        A question to a training (`ToTraining`) is put to the run as it stands paused or stopped after the one step given; or, if it
        names a start, to one that begins again there, and needs no run then that has begun.
        """

    def kept_answers(self, run: RunRef, question: Question[AnyAnswer]) -> Mapping[int, AnyAnswer]:
        """The answers to this question that came with the run, by step: of a recording also of steps whose weights did not come."""

    def answer_text(self, question: Question[AnyAnswer], first: bool = False) -> AnyAnswer:
        """The answer to a question about a text, which asks no run. Waits for it, and `first` as `answer`."""

    def tokenizer(self, run: RunRef) -> Path:
        """The tokenizer.json the run reads its text with."""

    def shelf(self, choice: Choice = every_run) -> list[Kept]:
        """Every run there is, of this choice, the newest first, then the recordings."""

    def owned(self, viewer: str) -> list[RunRef]:
        """The runs that are this viewer's, the newest first; not those that are everybody's."""

    def rights(self, run: RunRef) -> Rights:
        """Whose a run is, and who may see it where strangers come."""

    def learning_curves(self) -> list[LearningCurve]:
        """How runs over several seeds went that came with the program so, without weights. None of them can be opened."""

    def mark(self, run: RunRef, mark: str, on: bool, viewer: str) -> None:
        """Share a run, or as a teacher make it public or pin it; or do so no more. Raises ValueError for a viewer who may not."""

    def delete(self, run: RunRef, viewer: str) -> None:
        """Remove a run for good. Raises HasChildren while others come from it; refuses while it is under way or another viewer looks,
        and where strangers come also what is another's.
        """

    def thin(self, run: RunRef, viewer: str) -> None:
        """Keep of a run that is done the first snapshot and the last, and all curves; refuses as `delete` does."""

    def pack(self, run: RunRef, to: BinaryIO) -> None:
        """Write the whole run as a zip."""

    def unpack(self, file: BinaryIO, viewer: str = "") -> RunRef:
        """Take in a run that was packed, as a new attempt at its spec that is this viewer's, or everybody's. Trusts nothing in it."""
