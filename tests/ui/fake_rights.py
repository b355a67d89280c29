"""Whose the runs of an engine are that trains nothing: as on disk, in a folder of its own."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from llmviz.core.questions.base import AnyAnswer, Question
from llmviz.core.run import RunRef
from llmviz.runs.ownership import Rights
from llmviz.runs.visitors import Visitors


class FakeRights(Visitors):
    """Folders of runs that hold nothing but whose they are."""

    def __init__(self, patience: float) -> None:
        super().__init__(patience)
        self._folder = Path(tempfile.mkdtemp(prefix="llmviz-fake-"))

    def kept_answers(self, run: RunRef, question: Question[AnyAnswer]) -> Mapping[int, AnyAnswer]:
        return {}

    def rights(self, run: RunRef) -> Rights:
        return Rights(self._folder / "runs" / run.key)

    def mark(self, run: RunRef, mark: str, on: bool, viewer: str) -> None:
        self.rights(run).mark(mark, on)
