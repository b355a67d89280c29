"""The probes a run was measured by while it trained, item by item: which were right."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question


@dataclass(frozen=True)
class Probed(Answer):
    """What one snapshot makes of n probes.

    Attributes:
        step: training steps behind the snapshot.
        texts: the n texts as they are right, their words divided by spaces.
        places: of each, the places of the words that are asked for, divided by spaces.
        other: of each, what stands at these places in the wrong text; of a fact, what the model says there.
        chance: (n,) float32: of two texts, that of the right one; of a fact, that of the word that is true.
        right: (n,) bool: whether the right text is the likelier one, or the likeliest word the true one.
    """

    texts: tuple[str, ...]
    places: tuple[str, ...]
    other: tuple[str, ...]
    chance: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Probe(Question[Probed]):
    """The probes of one kind, by the name of their metric: "facts", "sounds", "reversed", "grammar", "meaning", "frames"."""

    answered_by: ClassVar[str] = "llmviz.experiments.what_and_when.answer"
    answer: ClassVar[type[Answer]] = Probed

    metric: str
