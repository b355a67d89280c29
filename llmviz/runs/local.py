"""The engine of one machine: a pool of warm workers behind a queue. Reads what runs say from their folders, never from the workers."""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from llmviz.core.experiment import START
from llmviz.core.questions.base import AnyAnswer, Question, ToTraining
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.study import ancestors
from llmviz.core.update import Stopped
from llmviz.runs import standing
from llmviz.runs.answers import Answers
from llmviz.runs.attempt import sentence
from llmviz.runs.engine import Command, ControlRefused, Slow, State, Status
from llmviz.runs.jobs import BY_HAND, Job, let_go, needless, see, waiting
from llmviz.runs.library import Library
from llmviz.runs.process import Message, Process, usual_workers
from llmviz.runs.recordings import HERE, Recordings, snapshots
from llmviz.runs.store import Store, UnderWay

Take = Callable[[], tuple[RunRef, FileLock]]  # an attempt, and the claim on it
MOST_WAITING = 50
MOST_FALSE_STARTS = 3
LEASE = 90.0  # seconds; a browser that lost its connection for a moment is back within 60
DOES_NOT_START = "the training program does not start; the file logs/train-1.log in the folder of the runs says why"
LOADING = "the training program is loading"
UNWATCHED = "nobody was watching"
ORPHANED = "the run it was to follow did not reach its end"
GOODBYE = 10.0  # seconds for a worker to checkpoint and leave


class LocalEngine(Library):
    """Trains in worker programs on this machine. Make one per server; `close` lets the workers checkpoint and leave."""

    def __init__(
        self,
        home: Path,
        *,
        recordings: Path = HERE,
        workers: int | None = None,
        lease: float = LEASE,
        workshop: str = "llmviz.runs.worker:Real",
    ) -> None:
        super().__init__(Store(home), Recordings(recordings))
        self._arguments = ["--home", str(home), "--recordings", str(recordings), "--workshop", workshop]
        self._wanted = workers or usual_workers()
        self._lease = lease
        self._lock = threading.RLock()
        self._jobs: dict[RunRef, Job] = {}
        self._queue: list[Job] = []
        self._trainers: list[Process] = []
        self._false_starts = 0
        self._reasons: dict[RunRef, str] = {}  # of failures that a full disk kept from the folder
        self._closing = threading.Event()
        with self._lock:  # a worker that is ready at once waits until all is in place
            self._answers = Answers(self._start_answering)
            self._of_texts: Answers | None = None
            self._start_trainer()
        threading.Thread(target=self._keep_house, name="lease", daemon=True).start()

    def train(self, spec: RunSpec, viewer: str, after: RunRef | None = None) -> RunRef:
        """Join the attempt at this spec that is under way, or queue a new one that belongs to this viewer."""
        for each in (*ancestors(spec), spec):
            let_go(self._jobs, each.id)
        with self._lock:
            if run := self._join(spec, viewer):
                self._jobs[run].as_input = False
                return run
            self._check_room()
            try:
                return self._queued(spec, viewer, lambda: self.store.create(spec), after)
            except UnderWay as other:
                if other.run.id != spec.id:  # one of its inputs, in another program: nobody here would learn of its end
                    raise
                return other.run

    def resume(self, run: RunRef, viewer: str) -> None:
        """Let a run that stopped, failed or was interrupted go on from its checkpoint."""
        with self._lock:
            if run in self._jobs:
                return see(self._jobs, run, viewer)
            self._check_room()
            self._queued(self.spec(run), viewer, lambda: (run, self.place(run).claim(run)))

    def _queued(self, spec: RunSpec, viewer: str, take: Take, after: RunRef | None = None, as_input: bool = False) -> RunRef:
        """Put the attempt that is taken into the queue, behind those at its inputs, and `after` another."""
        awaited = {**self._awaited(spec, viewer), **({after: START} if after else {})}
        try:
            run, claim = take()
        except OSError as problem:
            raise ValueError(sentence(problem)) from problem
        self._reasons.pop(run, None)
        self._enter(Job(run, viewer, claim, awaited, as_input))
        return run

    def control(self, run: RunRef, command: Command | Slow, viewer: str) -> None:
        """Steer a run under way; the owner may, and whoever asks while the owner is away."""
        with self._lock:
            job = self._jobs.get(run)
            if not job:
                raise ControlRefused(self.place(run).refusal(run))
            job.take(viewer)
            if command == Command.STOP and job in self._queue:
                self._give_up(job)
            else:
                job.obey(command)

    def status(self, run: RunRef, viewer: str) -> Status:
        """Where the run stands. Asking also says that this viewer is still watching."""
        self.looked(run, viewer)
        with self._lock:
            if job := self._jobs.get(run):
                see(self._jobs, run, viewer)
                return self._stands(job, viewer)
            status = self.place(run).status(run)
            if status.state == State.INTERRUPTED and run in self._reasons:
                return Status(State.FAILED, owner=True, reason=self._reasons[run])
            return status

    def _stands(self, job: Job, viewer: str) -> Status:
        place = self._queue.index(job) + 1 if job in self._queue else 0
        loading = sum(not process.ready for process in self._trainers)
        waits = waiting([role for run, role in job.after.items() if run in self._jobs]) if place else ""
        reason = waits or (LOADING if 0 < place <= loading else "")
        quiet = job.quiet(self.store.folder(job.run).updates) if job.state is State.TRAINING else 0.0
        return replace(job.status(viewer, place), reason=reason, quiet=quiet)

    def standing(self) -> Mapping[RunRef, Status]:
        """How the runs stand that wait or train here, as nobody in particular finds them."""
        with self._lock:
            return {run: self._stands(job, "") for run, job in self._jobs.items()}

    def spare(self) -> int:
        """How many runs more could begin at once and still leave a worker to the next visitor."""
        with self._lock:
            return max(0, len(self._idle()) - len(self._queue) - 1)

    def answer(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer]) -> list[AnyAnswer]:
        """What the snapshots after these steps, or the training that stands there, make of the question. Waits for the answer."""
        if isinstance(question, ToTraining):
            return self._answers.answer(run, self._places(run, steps, question), question)
        folder = self.place(run).folder(run)
        spec, kept = folder.spec(), self.answered(run, steps, question)
        return kept if kept is not None else self._answers.answer(run, snapshots(folder, steps), question, spec)

    def _places(self, run: RunRef, steps: Sequence[int], question: ToTraining[AnyAnswer]) -> dict[int, Path]:
        if question.spec:  # there need be no run of it yet
            return {step: self.recordings.root for step in steps}
        return standing.places(self.place(run).folder(run), steps, question.start)

    def answer_text(self, question: Question[AnyAnswer]) -> AnyAnswer:
        """The answer to a question about a text: one that came with the program, or that of a worker for texts, begun at the first."""
        kept = self.recordings.answered_text(question)
        if kept is not None:
            return kept
        with self._lock:
            self._of_texts = of_texts = self._of_texts or Answers(self._start_for_texts)
        return of_texts.answer(None, {0: self.store.home}, question)[0]

    def workers(self) -> list[int]:
        """The process numbers of the training workers, then of the one that answers."""
        with self._lock:
            return [process.pid for process in (*self._trainers, self._answers.process)]

    def close(self) -> None:
        """Let every worker checkpoint and leave, and wait until they have."""
        self._closing.set()
        with self._lock:
            leaving = list(self._trainers)
            for process in leaving:
                process.leave()
            for job in self._queue:
                job.claim.release()
        for answers in filter(None, (self._answers, self._of_texts)):
            answers.close()
        for process in leaving:
            process.wait(GOODBYE)

    def _join(self, spec: RunSpec, viewer: str) -> RunRef | None:
        """The attempt at this spec that is under way; this viewer looks at it from now on."""
        run = next((job.run for job in self._jobs.values() if job.run.id == spec.id and not job.stopping), None)
        if run:
            see(self._jobs, run, viewer)
        return run

    def _awaited(self, spec: RunSpec, viewer: str) -> dict[RunRef, str]:
        """The attempts at those of its inputs that have no weights yet, by the role they play: they are under way, or begin with this."""
        return {self._join(given, viewer) or self._begun(given, viewer): role for role, given in self.untrained(spec).items()}

    def _begun(self, spec: RunSpec, viewer: str) -> RunRef:
        """Let an attempt at an input that was cut short go on, or begin one."""
        run = self.store.find(spec)
        if run and self.store.status(run).state in (State.STOPPED, State.INTERRUPTED):
            return self._queued(spec, viewer, lambda: (run, self.store.claim(run)), as_input=True)
        return self._queued(spec, viewer, lambda: self.store.create(spec), as_input=True)

    def _check_room(self) -> None:
        if len(self._queue) >= MOST_WAITING:
            raise ValueError(f"{MOST_WAITING} runs are waiting already; try again when some of them have ended")
        if self._false_starts >= MOST_FALSE_STARTS:
            self._false_starts = 0
            self._start_trainer()

    def _enter(self, job: Job) -> None:
        self._jobs[job.run] = job
        self._queue.append(job)
        self._dispatch()
        self._grow()

    def _dispatch(self) -> None:
        """Give waiting runs to idle workers, first come first served."""
        able = [job for job in self._queue if self._jobs.keys().isdisjoint(job.after)]
        for process, job in zip(self._idle(), able, strict=False):
            self._queue.remove(job)
            job.begin(process)

    def _idle(self) -> list[Process]:
        busy = {job.worker for job in self._jobs.values()}
        return [process for process in self._trainers if process.ready and process not in busy]

    def _give_up(self, job: Job) -> None:
        """Stop a run that waits, and the inputs that began for it alone."""
        self._leave_queue(job, BY_HAND)
        for given in needless(self._jobs, job):
            if given in self._queue:
                self._give_up(given)
            else:
                given.stop(BY_HAND)

    def _leave_queue(self, job: Job, reason: str) -> None:
        self._queue.remove(job)
        try:
            self.store.folder(job.run).say(Stopped(self.history(job.run).step, reason))
        except OSError as problem:
            self._reasons[job.run] = sentence(problem)
        self._finish(job)

    def _finish(self, job: Job) -> None:
        self._jobs.pop(job.run, None)
        job.claim.release()
        if not self.store.done(job.run):
            while other := next((other for other in self._queue if job.run in other.after), None):
                self._leave_queue(other, ORPHANED)
        self._dispatch()
        self._grow()

    def _start_answering(self, hear: Callable[[Process, Message], None], gone: Callable[[Process], None]) -> Process:
        def hear_and_grow(process: Process, message: Message) -> None:
            hear(process, message)
            if message["say"] == "ready":
                self._grow()

        return Process(["answer", *self._arguments], self.store.home / "logs" / "answer.log", hear_and_grow, gone)

    def _start_for_texts(self, hear: Callable[[Process, Message], None], gone: Callable[[Process], None]) -> Process:
        return Process(["text", *self._arguments], self.store.home / "logs" / "text.log", hear, gone)

    def _start_trainer(self) -> None:
        taken = {process.log for process in self._trainers}
        free = next(log for number in itertools.count(1) if (log := self.store.home / "logs" / f"train-{number}.log") not in taken)
        self._trainers.append(Process(["train", *self._arguments], free, self._hear, self._gone))

    def _grow(self) -> None:
        """One more training worker, once the others are warm and a run waits or none trains: loading would slow down the first run."""
        with self._lock:
            answering, count = self._answers.process, len(self._trainers)
            warm = (answering.ready or answering.ended) and all(process.ready for process in self._trainers)
            if warm and (self._queue or not self._jobs) and 0 < count < self._wanted and not self._closing.is_set():
                self._start_trainer()

    def _hear(self, process: Process, message: Message) -> None:
        with self._lock:
            job = next((job for job in self._jobs.values() if job.worker is process), None)
            match message["say"]:
                case "ready":
                    self._false_starts = 0
                    self._dispatch()
                    self._grow()
                case "ended" if job:
                    if message["update"]["type"] == "failed":
                        self._reasons[job.run] = message["update"]["reason"]
                    self._finish(job)
                case "training" | "paused" if job:
                    job.hear(message)

    def _gone(self, process: Process) -> None:
        """A worker has ended: its run, if any, is interrupted; another worker takes its place."""
        with self._lock:
            self._trainers.remove(process)
            self._false_starts += not process.ready
            if not self._closing.is_set() and self._false_starts < MOST_FALSE_STARTS:
                self._start_trainer()
            for job in [job for job in self._jobs.values() if job.worker is process]:
                if job.unheard and not self._closing.is_set():  # the worker was about to leave when it was given the run
                    job.back()
                    self._queue.insert(0, job)
                else:
                    self._finish(job)
            self._dispatch()
            if self._false_starts >= MOST_FALSE_STARTS:
                while self._queue:
                    self._leave_queue(self._queue[0], DOES_NOT_START)

    def _keep_house(self) -> None:
        """Stop runs that nobody has asked after for the length of the lease."""
        while not self._closing.wait(min(1.0, self._lease / 4)):
            with self._lock:
                for job in list(self._jobs.values()):
                    if not job.unwatched(self._lease):
                        continue
                    if job in self._queue:
                        self._leave_queue(job, UNWATCHED)
                    else:
                        job.stop(UNWATCHED)
