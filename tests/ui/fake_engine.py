"""An engine that trains nothing: it tells plausible numbers by the clock, and obeys the contract. For tests of the page alone."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, cast

import numpy as np

from llmviz.core import hosting
from llmviz.core.history import History
from llmviz.core.kept import Kept
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.questions.attention import Attend
from llmviz.core.questions.base import Answer, AnyAnswer, Question
from llmviz.core.questions.classification import Classification, Classify
from llmviz.core.questions.cloze import Cloze
from llmviz.core.questions.exercise import Solve
from llmviz.core.questions.generation import Generate
from llmviz.core.questions.heads import Heads
from llmviz.core.questions.onestep import OneStep
from llmviz.core.questions.tagging import TagWords
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, from_json, preset, seedless, to_json
from llmviz.core.update import Done
from llmviz.experiments.architecture.question import Ablation
from llmviz.experiments.attention_maps.question import Bertviz
from llmviz.experiments.causal_lm.question import Search
from llmviz.experiments.continual_learning.question import Capitals
from llmviz.experiments.next_sentence.question import Follows
from llmviz.experiments.own_labels.question import ClassifyTable
from llmviz.experiments.own_tags.question import TagOwnHeldOut
from llmviz.experiments.span_corruption.question import Fill
from llmviz.experiments.what_and_when.question import Probe
from llmviz.runs import recordings
from llmviz.runs.allowance import Allowance
from llmviz.runs.engine import UNDER_WAY, Choice, Command, ControlRefused, HasChildren, Slow, State, Status, every_run
from llmviz.runs.recordings import Recordings
from llmviz.runs.worker import Real
from llmviz.text import learning
from llmviz.text.tokenizers import pieces, spelling, with_sentinels, word_level
from tests.ui import (
    fake_attention,
    fake_cloze,
    fake_dialogues,
    fake_exercises,
    fake_feedback,
    fake_own,
    fake_pairs,
    fake_pieces,
    fake_predictions,
    fake_probes,
    fake_prompting,
    fake_replies,
    fake_safety,
    fake_spans,
    fake_step,
    fake_updates,
    fake_writing,
)
from tests.ui.fake_clock import now
from tests.ui.fake_rights import FakeRights
from tests.ui.fake_words import BAD, GOOD, WORDS

STARTED = "2026-01-01T12:00:00+00:00"
LONGEST = 64
BY_SPEC: tuple[ModuleType, ...] = (fake_feedback, fake_predictions, fake_dialogues, fake_safety)  # they need step and spec
VOCABULARY = len(WORDS) + 5


@dataclass
class _Run:
    spec: RunSpec
    owner: str
    state: State
    speed: float
    clock: float = 0.0
    since: float = field(default_factory=now)
    delay: float = 0.0
    after: RunRef | None = None
    imported: bool = False


class FakeEngine(FakeRights):
    """One recording of every default spec, and runs that last `seconds`."""

    def __init__(self, seconds: float = 6.0) -> None:
        super().__init__(60.0)
        self.allowance = Allowance(self, hosting.limits())
        self._seconds = seconds
        self._lock = threading.Lock()
        self._runs = {RunRef(spec.id, 0): _Run(spec, "", State.RECORDED, 1.0) for spec in RECORDED.values()}
        self._recordings = Recordings()
        self._tokenizer = word_level(WORDS)
        with_sentinels(word_level(WORDS)).save(str(self._folder / "tokenizer.json"))

    def train(self, spec: RunSpec, viewer: str, after: RunRef | None = None, owner: str = "", named: Sequence[RunRef] = ()) -> RunRef:
        with self._lock:
            attempts = [run for run in self._runs if run.id == spec.id and run.attempt]
            for run in attempts:
                if self._state(run) in UNDER_WAY:
                    return run
            run = RunRef(spec.id, len(attempts) + 1)
            state = State.QUEUED if after else State.TRAINING
            self._runs[run] = _Run(spec, viewer, state, spec.train.steps / self._seconds, after=after)
            self.rights(run).folder.mkdir(parents=True)
            self.rights(run).owners.begin(viewer)
            return run

    def resume(self, run: RunRef, viewer: str) -> None:
        found = self._find(run)
        found.state, found.since, found.owner = State.TRAINING, now(), viewer

    def control(self, run: RunRef, command: Command | Slow, viewer: str) -> None:
        found = self._find(run)
        if found.owner != viewer:
            raise ControlRefused("someone else started this run and still watches it")
        step = self._step(run)
        found.clock, found.since = step / found.speed, now()
        if isinstance(command, Slow):
            found.delay = command.seconds
            found.speed = found.spec.train.steps / self._seconds / (1 + 40 * command.seconds)
            found.clock = step / found.speed
            return
        match command:
            case Command.PAUSE:
                found.state = State.PAUSED
            case Command.CONTINUE:
                found.state = State.TRAINING
            case Command.STEP:
                found.clock = (step + 1) / found.speed
            case Command.STOP:
                found.state = State.STOPPED

    def status(self, run: RunRef, viewer: str) -> Status:
        found, state = self._find(run), self._state(run)
        reason = "stopped by its owner" if found.state is State.STOPPED else ""
        return Status(state, 0, found.owner == viewer, reason, found.delay, still=state in (State.PAUSED, State.STOPPED))

    def history(self, run: RunRef) -> History:
        if self._state(run) is State.QUEUED:
            return History()
        return fake_updates.history(self._find(run).spec, self._step(run), self._state(run), VOCABULARY)

    def spec(self, run: RunRef) -> RunSpec:
        return self._find(run).spec

    def find(self, spec: RunSpec, choice: Choice = every_run) -> RunRef | None:
        made = (run for run in self._runs if run.id == spec.id and run.attempt and choice(run))
        return max(made, key=lambda run: run.attempt, default=None)

    def recorded(self, spec: RunSpec) -> RunRef | None:
        run = RunRef(spec.id, 0)
        return run if run in self._runs else None

    def spare(self) -> int:
        return 0

    def answer(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer], first: bool = False) -> list[AnyAnswer]:
        if isinstance(question, (Attend, Heads, Bertviz)):
            return cast(list[AnyAnswer], [fake_attention.answer(step, self._find(run).spec, question, self._tokenizer) for step in steps])
        if isinstance(question, Generate | Search | Fill):
            writes = {Generate: fake_writing.generation, Search: fake_writing.tree, Fill: fake_spans.answer}[type(question)]
            total = self._find(run).spec.train.steps
            return cast(list[AnyAnswer], [writes(step, step / total, question, self._tokenizer) for step in steps])  # type: ignore[operator]
        if fake := next((each for each in BY_SPEC if isinstance(question, each.Asked)), None):
            return cast(list[AnyAnswer], [fake.answer(step, self._find(run).spec, question) for step in steps])
        if isinstance(question, Solve):
            total, spelt = self._find(run).spec.train.steps, [*spelling(with_sentinels(word_level(WORDS)))]
            return cast(list[AnyAnswer], [fake_exercises.answer(step, step / total, question, spelt) for step in steps])
        if isinstance(question, Capitals | Follows | Probe | fake_prompting.Asked):
            total = self._find(run).spec.train.steps
            known = {Capitals: fake_probes.believed, Follows: fake_pairs.answer, Probe: fake_probes.answer}
            told = known.get(type(question), fake_prompting.answer)
            return cast(list[AnyAnswer], [told(step, step / total, question) for step in steps])  # type: ignore[operator]
        if isinstance(question, fake_replies.Asked):
            spec = self._runs[run].spec if run in self._runs else RunSpec("clm")  # a question to a training needs no run
            return cast(list[AnyAnswer], [fake_replies.answer(step, step / spec.train.steps, question) for step in steps])
        if isinstance(question, Ablation):
            return cast(list[AnyAnswer], [fake_pieces.answer(step, self._find(run).spec, question) for step in steps])
        if isinstance(question, OneStep):
            if question.start is None and [*steps] != [self._step(run)]:
                raise ValueError(f"the run has gone on to step {self._step(run)} meanwhile")
            spec = from_json(json.loads(question.spec)) if question.spec else self._find(run).spec
            return cast(list[AnyAnswer], [fake_step.answer(step, spec.train.steps, question) for step in steps])
        if isinstance(question, TagWords | TagOwnHeldOut):
            told = fake_own.tagged if isinstance(question, TagWords) else fake_own.tagged_held_out
            return cast(list[AnyAnswer], [told(step, self._find(run).spec, question) for step in steps])  # type: ignore[arg-type]
        if isinstance(question, ClassifyTable):
            return cast(list[AnyAnswer], [fake_own.marked(step, self._find(run).spec, question) for step in steps])
        if isinstance(question, Classify) and self._find(run).spec.stage == "own":
            return cast(list[AnyAnswer], [fake_own.classified(step, self._find(run).spec, question) for step in steps])
        if isinstance(question, Classify):
            total = self._find(run).spec.train.steps
            return cast(list[AnyAnswer], [self._verdict(step, step / total, run, question) for step in steps])
        if not isinstance(question, Cloze):
            return self._replayed(self._find(run).spec, steps, question)
        found = pieces(self._tokenizer, question.text)
        if not found:
            raise ValueError("there is no word in this sentence")
        if len(found) > LONGEST - 2:
            raise ValueError(f"the sentence has {len(found)} tokens; this model reads {LONGEST - 2}")
        total = self._find(run).spec.train.steps
        return cast(
            list[AnyAnswer],
            [fake_cloze.trace(self._tokenizer, step, step / total, [piece.id for piece in found], question) for step in steps],
        )

    def _replayed(self, spec: RunSpec, steps: Sequence[int], question: Question[AnyAnswer]) -> list[AnyAnswer]:
        """What the recording of this experiment, from the same start or none, answers at the nearest steps before these.

        One of the same text, if there is one.
        """
        alike = [each for each in RECORDED.values() if each.stage == spec.stage and bool(each.start) == bool(spec.start)]
        like = max(alike, key=lambda each: each.text == spec.text)
        folder = self._recordings.folder(RunRef(like.id, 0))
        kept = folder.snapshots()
        nearest = {step: max(each for each in kept if each <= step * like.train.steps / spec.train.steps) for step in steps}
        found = recordings.answers(folder).get(question) or self._worked_out(
            {step: folder.snapshot(step) for step in nearest.values()}, question
        )
        return [cast(AnyAnswer, replace(found[nearest[step]], step=step)) for step in steps]

    def _worked_out(self, folders: dict[int, Path], question: Question[AnyAnswer]) -> Mapping[int, Answer]:
        """What real weights say: this alone loads torch."""
        return {each.step: each for each in Real().answer(folders, question)}

    def answer_text(self, question: Question[AnyAnswer], first: bool = False) -> AnyAnswer:
        return self._recordings.answered_text(question) or learning.answer({0: self._folder}, question)[0]

    def tokenizer(self, run: RunRef) -> Path:
        self._find(run)
        return self._folder / "tokenizer.json"

    def shelf(self, choice: Choice = every_run) -> list[Kept]:
        chosen = filter(choice, self._runs)
        return [self._kept(run) for run in sorted(chosen, key=lambda run: (not run.attempt, -self._runs[run].since))]

    def owned(self, viewer: str) -> list[RunRef]:
        return [run for run in self._runs if self.rights(run).owners.name(viewer)]

    def learning_curves(self) -> list[LearningCurve]:
        came_with = (each for each in self._recordings.learning_curves if each.spec.stage == "clm")
        scaled = [each for each in came_with if seedless(each.spec) != preset("clm")]
        return [*fake_updates.learning_curves(VOCABULARY), *fake_updates.classified(), *scaled]

    def _kept(self, run: RunRef) -> Kept:
        found, history = self._runs[run], self.history(run)
        metrics = history.end.metrics if isinstance(history.end, Done) else {}
        came = found.imported
        return Kept(run, found.spec, self._state(run), "", history.step, metrics, history.seconds, 3_000_000, STARTED, imported=came)

    def delete(self, run: RunRef, viewer: str) -> None:
        found = self._find(run)
        if self._state(run) in UNDER_WAY:
            raise ValueError("this run is under way; stop it first")
        children = [other for other, kept in self._runs.items() if other.attempt and kept.spec.parent == found.spec]
        if children:
            raise HasChildren(run, tuple(children))
        del self._runs[run]

    def thin(self, run: RunRef, viewer: str) -> None:
        self._find(run)

    def pack(self, run: RunRef, to: BinaryIO) -> None:
        to.write(json.dumps(to_json(self._find(run).spec)).encode())

    def unpack(self, file: BinaryIO, viewer: str = "") -> RunRef:
        try:
            spec = from_json(json.loads(file.read()))
        except ValueError as problem:
            raise ValueError("this file is not a zip archive that can be read; a run is exported as one") from problem
        run = RunRef(spec.id, 1 + sum(run.id == spec.id and run.attempt > 0 for run in self._runs))
        self._runs[run] = _Run(spec, "", State.TRAINING, 1.0, clock=float(spec.train.steps), imported=True)
        return run

    def _verdict(self, step: int, share: float, run: RunRef, question: Classify) -> Classification:
        """Praise where the last word of judgement is a good one; a model without a parent hardly learns it."""
        words = question.text.split()
        if not words:
            raise ValueError("there is no word to read")
        good = [word in GOOD for word in words if word in GOOD | BAD]
        sure = 0.48 * share * (1.0 if self._find(run).spec.parent else 0.2)
        praise = 0.5 + (sure if good and good[-1] else -sure)
        return Classification(step, tuple(words), ("negative", "positive"), np.array([1 - praise, praise], np.float32))

    def _find(self, run: RunRef) -> _Run:
        if run not in self._runs:
            raise ValueError("there is no such run on this machine")
        return self._runs[run]

    def _step(self, run: RunRef) -> int:
        found, total = self._runs[run], self._runs[run].spec.train.steps
        if found.state is State.RECORDED:
            return total
        moving = now() - found.since if found.state is State.TRAINING else 0.0
        return min(total, round((found.clock + moving) * found.speed))

    def _state(self, run: RunRef) -> State:
        found = self._runs[run]
        if found.after and found.state is State.QUEUED and (before := self._state(found.after)) not in UNDER_WAY:
            found.state = State.TRAINING if before is State.DONE else State.STOPPED
            found.since = now()
        done = found.state in (State.TRAINING, State.PAUSED) and self._step(run) >= found.spec.train.steps
        return State.DONE if done else found.state
