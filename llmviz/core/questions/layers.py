"""What the layers of a fine-tuned model hold of labelled texts that no training has seen, and how that differs from where it began."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

CLASSES, TAGS, SPANS = "classes", "tags", "spans"
"""What is labelled: whole texts; their words, by the kind of name they belong to; the spans of a passage that may answer a question."""
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LayerReport(Answer):
    """Each representation of one snapshot, from the embeddings up: how like it was, and what can be read off it linearly.

    Attributes:
        step: training steps behind the snapshot.
        layers: the names of the representations.
        cka: (layers,) float32, linear CKA with the same representation after `since` steps, over the states of `tokens` held-out tokens.
        tokens: how many these are.
        accuracy: (layers,) float32, the share of held-out examples that a linear probe of this representation labels rightly.
        chance: the share of the label that is the commonest among the held-out examples.
        learnt, asked: how many examples the probe was fitted to, and how many it was asked.
    """

    layers: tuple[str, ...]
    cka: FloatArray
    tokens: int
    accuracy: FloatArray
    chance: float
    learnt: int
    asked: int


@dataclass(frozen=True)
class Layers(Question[LayerReport]):
    """Report on the layers: of a text, named as in `core.texts`, of which so is labelled what `labelled` says."""

    answered_by: ClassVar[str] = "llmviz.inspect.layers"
    answer: ClassVar[type[Answer]] = LayerReport

    text: str
    labelled: str
    since: int = 0


@dataclass(frozen=True)
class States(Answer):
    """The hidden states of one snapshot, for whoever compares two runs.

    Attributes:
        step: training steps behind the snapshot.
        layers: the names of the representations, from the embeddings up.
        states: (layers, tokens, width) float16, of the same held-out tokens in every run that reads this text in the same vocabulary.
        ids: (tokens,) which tokens these are.
    """

    layers: tuple[str, ...]
    states: npt.NDArray[np.float16]
    ids: npt.NDArray[np.int64]


@dataclass(frozen=True)
class HiddenStates(Question[States]):
    """The states of the tokens over which `Layers` takes CKA."""

    answered_by: ClassVar[str] = "llmviz.inspect.layers:states"
    answer: ClassVar[type[Answer]] = States

    text: str
    labelled: str


@dataclass(frozen=True)
class Projection(Answer):
    """The last hidden states of held-out examples of one snapshot in two dimensions, the same two for every snapshot.

    Attributes:
        step: training steps behind the snapshot.
        points: (examples, 2) float32.
        truth: (examples,) the place of the true label.
        labels: the names of the labels.
        shown: what each example is, in words.
        own: (own, 2) float32, what the visitor has written.
        own_shown: what each of these is.
        variance: (2,) float32, the share of the variance, of the states of the first and the last snapshot together, along each.
    """

    points: FloatArray
    truth: npt.NDArray[np.int64]
    labels: tuple[str, ...]
    shown: tuple[str, ...]
    own: FloatArray
    own_shown: tuple[str, ...]
    variance: FloatArray


@dataclass(frozen=True)
class Project(Question[Projection]):
    """Principal components of the last hidden states of these two snapshots, and every snapshot along them.

    `own` is a text of the visitor's own: of classes the text is one point, of tags each of its words is one. Of spans it is a passage,
    `question` what is asked of it, and the words from `begin` up to `end` are the point; none where there are none.
    """

    answered_by: ClassVar[str] = "llmviz.inspect.projection"
    answer: ClassVar[type[Answer]] = Projection

    text: str
    labelled: str
    first: int
    last: int
    own: str = ""
    question: str = ""
    begin: int = 0
    end: int = 0
