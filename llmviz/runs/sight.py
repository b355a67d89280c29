"""An engine as one visitor finds it where strangers come: the recordings, their own runs and what was made public.

Another's run is there for those who have its link, if it is shared. Equal settings still train once: whoever asks for what another has
trained, or trains now, is given that run, and it is theirs too. So are they given the runs that theirs is made from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from llmviz.core import own_texts
from llmviz.core.history import History
from llmviz.core.kept import Kept
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.own_texts import OwnText
from llmviz.core.owners import teaches
from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.study import ancestors
from llmviz.runs.allowance import Allowance
from llmviz.runs.engine import ENDED, UNDER_WAY, Choice, Command, Engine, Runs, Slow, Status, every_run
from llmviz.runs.ownership import NOT_SHARED, Rights

TEXT_NOT_SHARED = "this text is another visitor's, who has shared no run that was made with it"


@dataclass(frozen=True)
class Sight:
    """What this viewer sees of an engine. Whatever names a run or a text that they may not see is refused, in a sentence."""

    engine: Engine
    viewer: str

    def train(self, spec: RunSpec, viewer: str, after: RunRef | None = None, owner: str = "", named: Runs = ()) -> RunRef:
        """As the engine does; what another has trained already is given at once."""
        for run in named:
            self._check(run)
        self.check_texts(spec)
        found = self.engine.find(spec)
        state = self.engine.status(found, viewer).state if found else None
        if found and not self._lists(found) and state in ENDED:
            return self._given(found, spec)
        if state not in UNDER_WAY:
            self.engine.allowance.check(viewer, [*filter(self._untrained, ancestors(spec)), spec])
        run = self.engine.train(spec, viewer, after, owner, named)
        for each in [] if run == found else [*ancestors(spec), spec]:
            if (begun := self.engine.find(each)) and self.engine.status(begun, viewer).state in UNDER_WAY:
                self.engine.allowance.note(viewer, begun, each)
        return self._given(run, spec)

    def _untrained(self, spec: RunSpec) -> bool:
        """Whether it would begin as an input of another."""
        return not self.engine.recorded(spec) and not self.engine.find(spec)

    def _given(self, run: RunRef, spec: RunSpec) -> RunRef:
        """This run is the viewer's now, and so are those that it is made from."""
        found = [(run, spec), *((self.engine.find(each), each) for each in ancestors(spec))]
        for given, trained in found:
            if given:
                self.rights(given).owners.add(self.viewer)
                for text in own_texts.named(trained):
                    text.note(given)
        return run

    def resume(self, run: RunRef, viewer: str) -> None:
        """As the engine does."""
        self._check(run)
        self.engine.allowance.check(viewer, ())
        self.engine.resume(run, viewer)

    def control(self, run: RunRef, command: Command | Slow, viewer: str) -> None:
        """As the engine does."""
        self._check(run)
        self.engine.control(run, command, viewer)

    def status(self, run: RunRef, viewer: str) -> Status:
        """As the engine does."""
        self._check(run)
        return self.engine.status(run, viewer)

    def see(self, viewer: str) -> None:
        """As the engine does."""
        self.engine.see(viewer)

    def away(self, viewer: str) -> bool:
        """As the engine does."""
        return self.engine.away(viewer)

    def history(self, run: RunRef) -> History:
        """As the engine does."""
        self._check(run)
        return self.engine.history(run)

    def spec(self, run: RunRef) -> RunSpec:
        """As the engine does."""
        self._check(run)
        return self.engine.spec(run)

    def find(self, spec: RunSpec, choice: Choice = every_run) -> RunRef | None:
        """The newest of those that this viewer finds in lists."""
        return self.engine.find(spec, lambda run: self._lists(run) and choice(run))

    def recorded(self, spec: RunSpec) -> RunRef | None:
        """As the engine does."""
        return self.engine.recorded(spec)

    def spare(self) -> int:
        """As the engine does."""
        return self.engine.spare()

    def answer(self, run: RunRef, steps: Sequence[int], question: Question[AnyAnswer], first: bool = False) -> list[AnyAnswer]:
        """As the engine does."""
        self._check(run)
        self.check_texts(question)
        return self.engine.answer(run, steps, question, first)

    def kept_answers(self, run: RunRef, question: Question[AnyAnswer]) -> Mapping[int, AnyAnswer]:
        """As the engine does."""
        self._check(run)
        return self.engine.kept_answers(run, question)

    def answer_text(self, question: Question[AnyAnswer], first: bool = False) -> AnyAnswer:
        """As the engine does."""
        self.check_texts(question)
        return self.engine.answer_text(question, first)

    def tokenizer(self, run: RunRef) -> Path:
        """As the engine does."""
        self._check(run)
        return self.engine.tokenizer(run)

    def shelf(self, choice: Choice = every_run) -> list[Kept]:
        """Those that this viewer finds in lists."""
        return self.engine.shelf(lambda run: self._lists(run) and choice(run))

    def learning_curves(self) -> list[LearningCurve]:
        """As the engine does."""
        return self.engine.learning_curves()

    @property
    def allowance(self) -> Allowance:
        """As the engine does."""
        return self.engine.allowance

    def owned(self, viewer: str) -> list[RunRef]:
        """As the engine does."""
        return self.engine.owned(viewer)

    def rights(self, run: RunRef) -> Rights:
        """As the engine does."""
        return self.engine.rights(run)

    def mark(self, run: RunRef, mark: str, on: bool, viewer: str) -> None:
        """As the engine does."""
        self.engine.mark(run, mark, on, viewer)

    def delete(self, run: RunRef, viewer: str) -> None:
        """As the engine does."""
        self._check(run)
        self.engine.delete(run, viewer)

    def thin(self, run: RunRef, viewer: str) -> None:
        """As the engine does."""
        self._check(run)
        self.engine.thin(run, viewer)

    def pack(self, run: RunRef, to: BinaryIO) -> None:
        """As the engine does."""
        self._check(run)
        self.engine.pack(run, to)

    def unpack(self, file: BinaryIO, viewer: str = "") -> RunRef:
        """As the engine does."""
        return self.engine.unpack(file, viewer)

    def check_texts(self, value: object) -> None:
        """Raises ValueError where a run or a question, or a digest alone, names an own text that this viewer may not read."""
        if not all(map(self._reads, own_texts.named(value))):
            raise ValueError(TEXT_NOT_SHARED)

    def _reads(self, text: OwnText) -> bool:
        mine = teaches(self.viewer) or text.owners.have(self.viewer)
        return mine or any(self.rights(run).shows(self.viewer) for run in text.runs if self.rights(run).folder.is_dir())

    def _lists(self, run: RunRef) -> bool:
        return self.rights(run).lists(self.viewer)

    def _check(self, run: RunRef) -> None:
        """Raises ValueError for a run that this viewer may not see."""
        if not self.rights(run).shows(self.viewer):
            raise ValueError(NOT_SHARED)
