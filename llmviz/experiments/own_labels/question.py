"""What can be asked of a model that learnt a visitor's own labels: the examples of the table that no training has seen."""

from dataclasses import dataclass
from typing import ClassVar

from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.classification import Marked


@dataclass(frozen=True)
class ClassifyTable(Question[Marked]):
    """Classify the first `count` test examples of the table of this digest, "" for the one that came with the program."""

    answered_by: ClassVar[str] = "llmviz.experiments.own_labels.table_answer"
    answer: ClassVar[type[Answer]] = Marked

    digest: str = ""
    count: int = 1_000
