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

    def refusal(self, stage: str) -> str:
        """Why this cannot be asked of what this stage trained, in a sentence; "" where it can."""
        return ""


Openings = tuple[Question[Answer], ...]
"""The questions that a page asks first. A recording keeps their answers, so that the first picture needs no worker."""


@dataclass(frozen=True, kw_only=True)
class ToTraining(Question[AnyAnswer]):
    """Something to ask of a training that stands still between two steps: whoever has it has the next batch and the optimisers too.

    `answered_by` is the module whose `answer` gets the training, made again at the step asked for, in place of snapshots.

    Attributes:
        start: None asks the run at its checkpoint, which is of one step alone. A number asks a training that begins again after so many
            steps and takes from there, really, the steps up to the one asked for: from 0 it is the run's own, for its start follows from
            the spec; from a later snapshot it has the weights kept there, and optimisers that have seen nothing.
        spec: what is trained as JSON, its keys sorted, where there is no run of it yet and `start` is 0.
    """

    start: int | None = None
    spec: str = ""
