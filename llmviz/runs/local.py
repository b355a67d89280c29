"""The engine of one machine: a pool of warm workers behind a queue. Reads what runs say from their folders, never from the workers."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from filelock import FileLock

from llmviz.core.experiment import START
from llmviz.core.hosting import Limits
from llmviz.core.owners import teaches
from llmviz.core.questions.base import AnyAnswer, Question, ToTraining
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.study import ancestors
from llmviz.core.update import Stopped
from llmviz.runs import standing
from llmviz.runs.answers import Answers
from llmviz.runs.attempt import sentence
from llmviz.runs.engine import Command, ControlRefused, Runs, Slow, State, Status
from llmviz.runs.held import Held
from llmviz.runs.jobs import BY_HAND, DOES_NOT_START, ORPHANED, UNWATCHED, Job, Who, let_go, needless, see
from llmviz.runs.library import Library
from llmviz.runs.process import Message, Process, usual_workers
from llmviz.runs.queue import Queue
from llmviz.runs.recordings import HERE, Recordings, snapshots
from llmviz.runs.store import Store, UnderWay
from llmviz.runs.trainers import Trainers
from llmviz.runs.visitors import until

Take = Callable[[], tuple[RunRef, FileLock]]  # an attempt, and the claim on it
LEASE = 90.0  # seconds; a browser that lost its connection for a moment is back within 60
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
        limits: Limits | None = None,
    ) -> None:
        super().__init__(Store(home), Recordings(recordings), limits, workshop)
        self._arguments = ["--home", str(home), "--recordings", str(recordings), "--workshop", workshop]
        self._lease = lease
        self._lock = threading.RLock()
        self._queue = Queue(self.limits)
        self._jobs = self._queue.jobs
        self._reasons: dict[RunRef, str] = {}  # of failures that a full disk kept from the folder
        self._closing = threading.Event()
        with self._lock:  # whoever is ready at once waits
            self._answers = [Answers(partial(self._start_answering, number)) for number in range(1, self.limits.answerers + 1)]
            self._of_texts: Answers | None = None
            logs = self.store.home / "logs"
            self._held = Held(logs, self._arguments)
            self._trainers = Trainers(
                workers or usual_workers(), logs, lambda log: Process(["train", *self._arguments], log, self._hear, self._gone)
            )
        threading.Thread(target=self._keep_house, name="lease", daemon=True).start()

    def train(self, spec: RunSpec, viewer: str, after: RunRef | None = None, owner: str = "", named: Runs = ()) -> RunRef:
        """Join the attempt at this spec that is under way, or queue a new one that belongs to this viewer or the owner named."""
        self.see(viewer)
        for each in (*ancestors(spec), spec):
            let_go(self._jobs, each.id)
        with self._lock:
            if run := self._queue.join(spec):
                self._jobs[run].as_input = False
                return run
            who = Who(viewer, owner or viewer)
            if after in self._jobs and self._jobs[after].visitor == who.visitor:
                who = replace(who, press=self._jobs[after].press)
            else:
                self._check_room(who)
            try:
                awaited = {**self._awaited(spec, who, named), **({after: START} if after else {})}
                return self._queued(who, lambda: self._new(spec, who, named), awaited)
            except UnderWay as other:
                if other.run.id == spec.id:
                    return other.run
                raise  # one of its inputs, in another program: nobody here would learn of its end

    def resume(self, run: RunRef, viewer: str) -> None:
        """Let a run that stopped, failed or was interrupted go on from its checkpoint."""
        with self._lock:
            self.see(viewer)
            if run in self._jobs:
                return see(self._jobs, run)
            who = Who(viewer, viewer)
            self._check_room(who)
            self._queued(who, lambda: (run, self.place(run).claim(run)), self._awaited(self.spec(run), who))

    def _new(self, spec: RunSpec, who: Who, named: Runs = ()) -> tuple[RunRef, FileLock]:
        self.make_room()
        run, claim = self.store.create(spec, named, lambda older: self.dispensable(older, who.visitor))
        self.rights(run).owners.begin(who.visitor)
        return run, claim

    def _queued(self, who: Who, take: Take, awaited: dict[RunRef, str], as_input: bool = False) -> RunRef:
        """Put the attempt that is taken into the queue, behind those that it waits for."""
        try:
            run, claim = take()
        except OSError as problem:
            raise ValueError(sentence(problem)) from problem
        self._reasons.pop(run, None)
        self._queue.enter(who.job(run, claim, awaited, as_input))
        self._dispatch()
        return run

    def control(self, run: RunRef, command: Command | Slow, viewer: str) -> None:
        """Steer a run under way; the owner may, and whoever asks while the owner is away."""
        self.see(viewer)
        with self._lock:
            job = self._jobs.get(run)
            if not job:
                raise ControlRefused(self.place(run).refusal(run))
            if not self._may(job, viewer):
                theirs = f"somebody else started this run and steers it {until(self.limits.away_seconds)}"
                raise ControlRefused(f"{theirs}; train a copy of your own to steer")
            job.owner = job.owner if teaches(viewer) else viewer
            job.see()
            if command == Command.STOP and not job.worker:
                return self._give_up(job)
            if command == Command.CONTINUE and job.worker and job.state is State.PAUSED and self._queue.held_back(job):
                job.lend()  # it waits until its visitor trains less
            job.obey(command)
            self._queue.settle(job)
            self._dispatch()

    def _may(self, job: Job, viewer: str) -> bool:
        return viewer == job.owner or teaches(viewer) or self.away(job.owner)

    def status(self, run: RunRef, viewer: str) -> Status:
        """Where the run stands. Asking also says that this viewer is still watching."""
        self.looked(run, viewer)
        with self._lock:
            if job := self._jobs.get(run):
                see(self._jobs, run)
                return self._stands(job, viewer)
            status = self.place(run).status(run)
            if status.state == State.INTERRUPTED and run in self._reasons:
                return Status(State.FAILED, owner=True, reason=self._reasons[run])
            return status

    def _stands(self, job: Job, viewer: str) -> Status:
        place, reason = self._queue.stands(job, self._trainers.loading, viewer)
        quiet = job.quiet(self.store.folder(job.run).updates) if job.state is State.TRAINING else 0.0
        return Status(job.state, place, self._may(job, viewer), reason, job.delay, job.still, quiet)

    def standing(self) -> Mapping[RunRef, Status]:
        """How the runs stand that wait or train here, as nobody in particular finds them."""
        with self._lock:
            return {run: self._stands(job, "") for run, job in self._jobs.items()}

    def spare(self) -> int:
        """How many runs more could begin at once and still leave a worker to the next visitor."""
        with self._lock:
            return max(0, len(self._trainers.idle({job.worker for job in self._jobs.values()})) - len(self._queue.waiting) - 1)

    def answer(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer], first: bool = False) -> list[AnyAnswer]:
        """What the snapshots after these steps, or the training that stands there, make of the question. Waits for the answer."""
        answers = self._answers[int(run.id[:8], 16) % len(self._answers)]  # a run's are always the same, and know what they have said
        if isinstance(question, ToTraining):
            places = standing.asked(question, steps, lambda: self.place(run).folder(run), self.recordings.root)
            return answers.answer(run, places, question, first=first)
        folder = self.place(run).folder(run)
        spec, kept = folder.spec(), self.answered(run, steps, question)
        if kept is not None:
            return kept
        worker = self._held.of(run.key) if spec.foreign else answers  # a large model would keep all others waiting
        return worker.answer(run, snapshots(folder, steps), question, spec, first)

    def answer_text(self, question: Question[AnyAnswer], first: bool = False) -> AnyAnswer:
        """The answer to a question about a text: one that came with the program, or that of a worker for texts, begun at the first."""
        kept = self.recordings.answered_text(question)
        if kept is not None:
            return kept
        with self._lock:
            self._of_texts = of_texts = self._of_texts or Answers(
                partial(Process, ["text", *self._arguments], self.store.home / "logs" / "text.log")
            )
        return of_texts.answer(None, {0: self.store.home}, question, first=first)[0]

    def workers(self) -> list[int]:
        """The process numbers of the training workers, then of those that answer."""
        with self._lock:
            return [process.pid for process in (*self._trainers.processes, *(each.process for each in self._answers))]

    def close(self) -> None:
        """Let every worker checkpoint and leave, and wait until they have."""
        self._closing.set()
        with self._lock:
            leaving = list(self._trainers.processes)
            for process in leaving:
                process.leave()
            for job in self._jobs.values():
                if not job.worker:
                    job.claim.release()
        for answers in filter(None, (*self._answers, self._of_texts)):
            answers.close()
        self._held.close()
        for process in leaving:
            process.wait(GOODBYE)

    def _awaited(self, spec: RunSpec, who: Who, named: Runs = ()) -> dict[RunRef, str]:
        """The attempts at those of its inputs that have no weights yet, by the role they play: they are under way, or begin with this."""
        return {self._queue.join(given) or self._begun(given, who): role for role, given in self.untrained(spec, named).items()}

    def _begun(self, spec: RunSpec, who: Who) -> RunRef:
        """Let an attempt at an input that was cut short go on, or begin one."""
        run = self.store.find(spec)
        if run and self.store.status(run).state in (State.STOPPED, State.INTERRUPTED):
            return self._queued(who, lambda: (run, self.store.claim(run)), self._awaited(spec, who), as_input=True)
        return self._queued(who, lambda: self._new(spec, who), self._awaited(spec, who), as_input=True)

    def _check_room(self, who: Who) -> None:
        if refusal := self._queue.refusal(who.visitor):
            raise ValueError(refusal)
        self._trainers.try_again()

    def _dispatch(self) -> None:
        """Let those begin whose turn it is, and load another worker where more are wanted."""
        self._queue.serve(self._trainers)
        self._grow()

    def _give_up(self, job: Job) -> None:
        """Stop a run without a worker, and the inputs that began for it alone."""
        self._leave(job, BY_HAND)
        for given in needless(self._jobs, job):
            if given.worker:
                given.stop(BY_HAND)
            else:
                self._give_up(given)

    def _leave(self, job: Job, reason: str) -> None:
        """Stop a run without a worker."""
        self._queue.leave(job)
        try:
            self.store.folder(job.run).say(Stopped(self.history(job.run).step, reason))
        except OSError as problem:
            self._reasons[job.run] = sentence(problem)
        self._finish(job)

    def _finish(self, job: Job) -> None:
        self._jobs.pop(job.run, None)
        job.claim.release()
        if not self.store.done(job.run):
            while other := next((other for other in self._queue.waiting if job.run in other.after), None):
                self._leave(other, ORPHANED)
        self._dispatch()

    def _start_answering(self, number: int, hear: Callable[[Process, Message], None], gone: Callable[[Process], None]) -> Process:
        def hear_and_grow(process: Process, message: Message) -> None:
            hear(process, message)
            if message["say"] == "ready":
                self._grow()

        return Process(["answer", *self._arguments], self.store.home / "logs" / f"answer-{number}.log", hear_and_grow, gone)

    def _grow(self) -> None:
        """One more training worker, once the others are warm and a run waits or none trains: loading would slow down the first run."""
        with self._lock:
            warm = all(each.process.ready or each.process.ended for each in self._answers)
            if warm and (self._queue.waiting or not self._jobs) and not self._closing.is_set():
                self._trainers.grow()

    def _hear(self, process: Process, message: Message) -> None:
        with self._lock:
            job = next((job for job in self._jobs.values() if job.worker is process), None)
            match message["say"]:
                case "ready":
                    self._trainers.ready()
                    self._dispatch()
                case "ended" if job:
                    if message["update"]["type"] == "failed":
                        self._reasons[job.run] = message["update"]["reason"]
                    self._finish(job)
                case "parted" if job:
                    job.part()
                    if job.stopping:
                        self._leave(job, job.stopping)
                    else:
                        self._queue.settle(job)
                        self._dispatch()
                case "training" | "paused" if job:
                    job.hear(message)

    def _gone(self, process: Process) -> None:
        """A worker has ended: its run, if any, is interrupted; another worker takes its place."""
        with self._lock:
            self._trainers.gone(process, replace=not self._closing.is_set())
            for job in [job for job in self._jobs.values() if job.worker is process]:
                if job.unheard and not self._closing.is_set():  # the worker was about to leave when it was given the run
                    job.back()
                    self._queue.waiting.insert(0, job)
                else:
                    self._finish(job)
            self._dispatch()
            while self._trainers.broken and self._queue.waiting:
                self._leave(self._queue.waiting[0], DOES_NOT_START)

    def _keep_house(self) -> None:
        """Stop runs that nobody has asked after for the length of the lease; and let others have the workers of those that are paused."""
        while not self._closing.wait(min(1.0, self._lease / 4)):
            self.sweep()
            with self._lock:
                for job in [job for job in self._jobs.values() if job.unwatched(self._lease)]:
                    if job.worker:
                        job.stop(UNWATCHED)
                    else:
                        self._leave(job, UNWATCHED)
                self._dispatch()
