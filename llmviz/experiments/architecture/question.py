"""A sentence's way through a model, box by box."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question, ToTraining

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

MOST_TOKENS = 24  # of a sentence: so many rows can be told apart in a picture
MOST_WEIGHTS = 70_000  # numbers of one matrix that go to a browser: a whole one of a tiny model, the first rows of a real one's
SHOWN_WORDS = 40  # of the vocabulary, whose logits are shown

NUMBERS, WORDS = -1, -2  # what the columns of a box are, where they are not the tokens of a sequence


@dataclass(frozen=True)
class Walked(Answer):
    """What one snapshot works out for one sentence: its n boxes in the order in which they are worked out.

    A stage is a part of the model: the embeddings, a block, the head. Every box is described; numbers are there for those of the stage that
    is opened, and for those that these read.

    Attributes:
        step: training steps behind the snapshot.
        model: the class of transformers it is.
        stages: names of the stages, in order.
        opened: place of the one whose numbers are here.
        sequences: the texts that are read, and by a T5 written, as tokens; special ones included.
        special: of each token whether it stands for no text.
        ids: (tokens) of each sequence, places in the vocabulary.
        cut: tokens of the sentence that there was no room for.
        names: of the boxes.
        kinds: of each box how its numbers come about: a method of `Tape`, or the name of an activation.
        stage: (n) the place of the stage that each belongs to.
        reads: of each box the places of those it reads.
        rows: (n) the place of the sequence whose tokens its rows are.
        columns: (n) that of the sequence whose tokens its columns are; NUMBERS of a vector, or WORDS.
        shapes: (n, 3) heads, rows, columns.
        tensors: of each box the names of the model's tensors it uses.
        parameters: (n) how many numbers these have; a tensor that several boxes share counts in part, one that is tied once.
        multiplications: (n) multiply-adds of its matrix product, in full size.
        values: of each box what comes out, (heads, rows, columns); empty where it is not opened.
        weights: of each box its weight, as its kind says; of a large matrix the first rows.
        biases: of each box what is added.
        constants: (n) a number that its kind needs.
        words: those of the vocabulary that the logits are shown of, spelt.
        vocabulary: how many there are.
    """

    model: str
    stages: tuple[str, ...]
    opened: int
    sequences: tuple[tuple[str, ...], ...]
    special: tuple[tuple[bool, ...], ...]
    ids: tuple[IntArray, ...]
    cut: int
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    stage: IntArray
    reads: tuple[tuple[int, ...], ...]
    rows: IntArray
    columns: IntArray
    shapes: IntArray
    tensors: tuple[tuple[str, ...], ...]
    parameters: IntArray
    multiplications: IntArray
    values: tuple[FloatArray, ...]
    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    constants: FloatArray
    words: tuple[str, ...]
    vocabulary: int


@dataclass(frozen=True)
class Walk(Question[Walked]):
    """A sentence to walk through a model, with the boxes of the stage at place `opened` in full.

    `hidden` are places among its tokens that a BERT sees [MASK] at, and a T5 a sentinel.
    """

    answered_by: ClassVar[str] = "llmviz.experiments.architecture.answer"
    answer: ClassVar[type[Answer]] = Walked

    text: str
    hidden: tuple[int, ...] = ()
    opened: int = 1


@dataclass(frozen=True)
class LensRead(Answer):
    """What one snapshot's head would say at every place where the stream stands still: p places of n tokens.

    Attributes:
        step: training steps behind the snapshot.
        places: where the stream was read, from the embeddings up: "block 1, attention".
        tokens: of the text whose rows these are, special ones included.
        words: (p, n) the word the head would say there.
        chances: (p, n) its probability.
        ends: (p, n) the probability there of the word that is said at the end.
    """

    places: tuple[str, ...]
    tokens: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    chances: FloatArray
    ends: FloatArray


@dataclass(frozen=True)
class LogitLens(Question[LensRead]):
    """Read the stream through the model's own head before it has gone all the way (nostalgebraist 2020, "the logit lens")."""

    answered_by: ClassVar[str] = "llmviz.experiments.architecture.lens_answer"
    answer: ClassVar[type[Answer]] = LensRead

    text: str
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class Silenced(Answer):
    """What one snapshot says of a sentence, whole and with one piece after the other switched off: p pieces, of which the first is none.

    Attributes:
        step: training steps behind the snapshot.
        pieces: what is switched off: "block 1, head 2"; "" for nothing.
        asked: the token at which it is asked: the first hidden one, or the last.
        words: of each piece the word that is said there then.
        chances: (p) its probability.
        first: (p) the probability of the word that the whole model says.
    """

    pieces: tuple[str, ...]
    asked: str
    words: tuple[str, ...]
    chances: FloatArray
    first: FloatArray


@dataclass(frozen=True)
class Silence(Question[Silenced]):
    """Switch off each head and each layer in turn, and look at what the model says of a sentence."""

    answered_by: ClassVar[str] = "llmviz.experiments.architecture.silence_answer"
    answer: ClassVar[type[Answer]] = Silenced

    text: str
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measured(Answer):
    """The figures of a run with one piece after the other switched off: p pieces, of which the first is none.

    Attributes:
        step: training steps behind it.
        pieces: as in `Silenced`.
        metrics: names of the figures, as the run reports them.
        figures: (p, metrics).
    """

    pieces: tuple[str, ...]
    metrics: tuple[str, ...]
    figures: FloatArray


@dataclass(frozen=True, kw_only=True)
class Ablation(ToTraining[Measured]):
    """Switch off each head and each layer in turn, and measure on held-out texts what the run itself measures."""

    answered_by: ClassVar[str] = "llmviz.experiments.architecture.ablation_answer"
    answer: ClassVar[type[Answer]] = Measured
