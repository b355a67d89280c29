"""What can be asked of a model that finds names: the texts of its task that no training has seen."""

from dataclasses import dataclass
from typing import ClassVar

from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.tagging import HeldOut


@dataclass(frozen=True)
class TagHeldOut(Question[HeldOut]):
    """Tag the first `count` test texts of a tagged text, named as in `core.texts`."""

    answered_by: ClassVar[str] = "llmviz.experiments.entities.held_out_answer"
    answer: ClassVar[type[Answer]] = HeldOut

    text: str
    count: int = 1_000
