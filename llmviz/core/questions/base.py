"""The two halves of asking a model: a question, and for each snapshot an answer. Values that travel between processes."""

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar


@dataclass(frozen=True)
class Answer:
    """What one snapshot says; `step` is the number of training steps behind it.

    Fields are numpy arrays, strings, numbers, or tuples of these, so that an answer can cross to another process.
    """

    step: int


AnyAnswer = TypeVar("AnyAnswer", bound=Answer, covariant=True)


class Question(Generic[AnyAnswer]):
    """Something to ask of snapshots: a frozen dataclass of strings, numbers, and tuples of these.

    `answered_by` is the module whose `answer` knows how; `answer` is the type it gives.
    """

    answered_by: ClassVar[str]
    answer: ClassVar[type[Answer]]


class AtCheckpoint(Question[AnyAnswer]):
    """Something to ask of a training that stands still: its checkpoint holds the optimisers too, and whoever has it has the next batch.

    It has one answer, that of the step at which the run stands. `answered_by` is the module whose `answer` gets the training, made again
    at that step, in place of snapshots.
    """
