"""The next training step of a run, taken apart: what is asked, what is said, which way the weights go."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, ToTraining

FloatArray = npt.NDArray[np.float32]

FURTHEST = 50  # steps taken from a start that is kept: a worker takes them again for each question that turns back, 2 to 5 seconds


@dataclass(frozen=True)
class Opened(Answer):
    """The step that follows `step` steps, as it would be taken; the run itself has not moved.

    Two rows are before and after the step. Targets stand text after text, tensors in the order of the network; one that is tied to another
    counts once. A length is that of a tensor as one long vector.

    Attributes:
        step: training steps behind the run; the one taken apart is the next.
        batch: the step in whose batch the texts stand.
        count: texts in that batch; only the first few are here.
        loss: of the whole batch of this step, in nats a target, before it: what the run itself will say.
        after: the same batch once more after it.
        texts: of each text the tokens the model reads, spelt.
        places: of each text the places among its tokens at which something is asked for.
        truths: (targets) what is right there.
        probability: (2, targets) of the truth.
        nats: (2, targets) its loss, -ln of that.
        words: (2, targets, top) the likeliest, best first.
        chances: (2, targets, top) their probabilities.
        tensors: names of the tensors that move.
        movers: of each tensor, the optimiser that moves it.
        rates: (tensors) the learning rate that optimiser has in this step.
        gradient: (tensors) length of the gradient, before any is cut.
        length: (tensors) length of the tensor before the step.
        moved: (tensors) length of what the step adds to it.
        clip: the most that all gradients together may be long; 0 for any length.
    """

    batch: int
    count: int
    loss: float
    after: float
    texts: tuple[tuple[str, ...], ...]
    places: tuple[tuple[int, ...], ...]
    truths: tuple[str, ...]
    probability: FloatArray
    nats: FloatArray
    words: tuple[tuple[tuple[str, ...], ...], ...]
    chances: FloatArray
    tensors: tuple[str, ...]
    movers: tuple[str, ...]
    rates: FloatArray
    gradient: FloatArray
    length: FloatArray
    moved: FloatArray
    clip: float


@dataclass(frozen=True)
class OneStep(ToTraining[Opened]):
    """Take the next step apart, and look at the first `texts` texts in the batch of step `batch`: the same one, or one before it.

    `top` is the number of candidates wanted for each target.
    """

    answered_by: ClassVar[str] = "llmviz.training.microscope"
    answer: ClassVar[type[Answer]] = Opened

    batch: int
    texts: int = 8
    top: int = 5
