"""What can be asked of a model that finds answers: a question on a passage of one's own, and its test questions."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

STAGE = "answers"
NEVER_LEARNT = "this model never learnt to find answers in a passage"
MOST_WORDS = 600  # of a passage: some ten times what the smallest models read at once
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Found(Answer):
    """Where one snapshot finds the answer to a question in a passage of n words.

    Attributes:
        step: training steps behind the snapshot.
        words: the n words of the passage as they were typed; pieces of a word count together.
        known: (n,) whether the model knows all of each word.
        start: (1 + n,) float32, the probability that the answer begins there, first that of [CLS], no answer; sum 1.
        end: (1 + n,) the same for its last word.
        span: the words of the answer, the place of the first and the one after the last; () for none.
        probability: of the best span, that of its start times that of its end, whether or not it is the answer.
        none: of no answer, likewise.
    """

    words: tuple[str, ...]
    known: tuple[bool, ...]
    start: FloatArray
    end: FloatArray
    span: tuple[int, ...]
    probability: float
    none: float

    @property
    def answer(self) -> str:
        """The words of the answer, "" for none."""
        return " ".join(self.words[slice(*self.span)]) if self.span else ""


@dataclass(frozen=True)
class Ask(Question[Found]):
    """A question on a passage of at most MOST_WORDS words."""

    answered_by: ClassVar[str] = "llmviz.experiments.question_answering.answer"
    answer: ClassVar[type[Answer]] = Found

    passage: str
    question: str

    def refusal(self, stage: str) -> str:
        """Why, for all that question answering has not trained."""
        return "" if stage == STAGE else NEVER_LEARNT


@dataclass(frozen=True)
class Answered(Answer):
    """One snapshot's answers to questions that no training has seen; "" stands for none.

    Attributes:
        step: training steps behind the snapshot.
        passages, questions, truths: the examples, the same for every snapshot.
        predictions: the answer of the snapshot to each.
        right: (examples,) whether that is the true one by exact match, for which capitals, punctuation and articles do not count.
        none: (examples,) float32, the probability of no answer.
    """

    passages: tuple[str, ...]
    questions: tuple[str, ...]
    truths: tuple[str, ...]
    predictions: tuple[str, ...]
    right: npt.NDArray[np.bool_]
    none: FloatArray


@dataclass(frozen=True)
class UnseenQuestions(Question[Answered]):
    """Answer the first `count` test questions of a text, named as in `core.texts`."""

    answered_by: ClassVar[str] = "llmviz.experiments.question_answering.unseen_answer"
    answer: ClassVar[type[Answer]] = Answered

    text: str
    count: int = 200

    def refusal(self, stage: str) -> str:
        """Why, for all that question answering has not trained."""
        return "" if stage == STAGE else NEVER_LEARNT
