"""What can be asked of a model that learnt a visitor's own tagged text: the sentences of it that no training has seen."""

from dataclasses import dataclass
from typing import ClassVar

from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.tagging import HeldOut


@dataclass(frozen=True)
class TagOwnHeldOut(Question[HeldOut]):
    """Tag the first `count` test sentences of the tagged text of this digest, "" for the one that came with the program."""

    answered_by: ClassVar[str] = "llmviz.experiments.own_tags.held_out_answer"
    answer: ClassVar[type[Answer]] = HeldOut

    digest: str = ""
    count: int = 1_000
