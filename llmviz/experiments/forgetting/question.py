"""A sentence with gaps, put to a fine-tuned model under the head it had before: which words its body still expects in them."""

from dataclasses import dataclass
from typing import ClassVar

from llmviz.core.questions.base import Answer, Question
from llmviz.core.questions.cloze import Trace


@dataclass(frozen=True)
class Recall(Question[Trace]):
    """What `Cloze` asks of a masked language model, asked of one that was fine-tuned from it, its old head put back."""

    answered_by: ClassVar[str] = "llmviz.experiments.forgetting.answer"
    answer: ClassVar[type[Answer]] = Trace

    text: str
    hidden: tuple[int, ...] = ()
    top: int = 6
