"""What is asked of a text rather than of weights: the vocabularies that can be learnt from it, and how they cut texts."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from llmviz.core.questions.base import Answer, Question

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

BPE, WORDPIECE, UNIGRAM = KINDS = ("bpe", "wordpiece", "unigram")
# Entries of a vocabulary. Bytes and special tokens alone make 261; a small world has no use for more than the first few.
SIZES = (300, 400, 500, 700, 1_000, 2_000, 4_000, 8_000)
TEXTS = ("tinyland", "sotu", "wiki", "reviews")  # with a vocabulary of their own; requests have too few different words for most sizes
MOST_LETTERS = 1_000_000  # of a text that are read: enough for thousands of pieces, and learnt in a second


@dataclass(frozen=True)
class Vocabulary(Answer):
    """A vocabulary of n entries, special ones first; step is always 0, for nothing was trained by steps.

    Attributes:
        entries: the n entries by id, as their algorithm spells them: bytes as letters of GPT-2's, ## before what goes on, ▁ for a space.
        counts: (n,) how often each occurs in the text it was learnt from, cut by this very vocabulary.
        merges: of BPE, the pairs in the order in which they were merged, a space between left and right.
        merged: (merges,) how often each pair stood there when it was merged.
        scores: (n,) of Unigram, ln of the probability of each entry; -inf for special ones. The trainer puts rare ones lower than they
            occur (Kudo 2018 takes a digamma for the logarithm), so the probabilities sum to somewhat less than 1.
        letters: how many letters were read.
        seconds: what learning took of a processor, on the machine that did it; of BPE and WordPiece for the largest of SIZES.
    """

    entries: tuple[str, ...]
    counts: IntArray
    merges: tuple[str, ...]
    merged: IntArray
    scores: FloatArray
    letters: int
    seconds: float

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each entry."""
        return {entry: id for id, entry in enumerate(self.entries)}

    @cached_property
    def ranks(self) -> dict[tuple[str, str], int]:
        """The place of each pair among the merges, counted from 0."""
        pairs = (merge.partition(" ") for merge in self.merges)
        return {(left, right): rank for rank, (left, _, right) in enumerate(pairs)}

    @cached_property
    def logs(self) -> dict[str, float]:
        """The score of each entry of Unigram that is not a special one."""
        return {entry: float(score) for entry, score in zip(self.entries, self.scores, strict=True) if np.isfinite(score)}


@dataclass(frozen=True)
class Learn(Question[Vocabulary]):
    """Learn a vocabulary by one of KINDS with at most `size` entries. `text` is the name of a text, or the digest of a visitor's own.

    `live` wants one that was learnt on this machine, also where one comes with the program.
    """

    answered_by: ClassVar[str] = "llmviz.text.learning"
    answer: ClassVar[type[Answer]] = Vocabulary

    text: str
    algorithm: str
    size: int
    live: bool = False


@dataclass(frozen=True)
class Stock(Answer):
    """The n different words of a text, in lower case, and how often each occurs.

    `long` says that some had more letters than a word may have here and were read in parts.
    """

    words: tuple[str, ...]
    counts: IntArray
    letters: int
    long: bool

    @cached_property
    def known(self) -> dict[str, int]:
        """How often each word occurs."""
        return dict(zip(self.words, map(int, self.counts), strict=True))

    @cached_property
    def unaccented(self) -> frozenset[str]:
        """The words without their accents, as WordPiece reads them."""
        return frozenset(map(unaccented, self.words))


def unaccented(word: str) -> str:
    """The word in lower case, its accents left out, as BERT reads it."""
    if word.isascii():
        return word.lower()
    return "".join(letter for letter in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(letter) != "Mn")


@dataclass(frozen=True)
class Count(Question[Stock]):
    """Count the words of what is read of a text."""

    answered_by: ClassVar[str] = "llmviz.text.learning"
    answer: ClassVar[type[Answer]] = Stock

    text: str


@dataclass(frozen=True)
class Growth(Answer):
    """How many tokens a word needs, with vocabularies of every size.

    Attributes:
        sizes: (sizes,) how many entries were asked for.
        reached: (kinds, sizes) how many the text allowed.
        rates: (kinds, sizes) tokens per word, words as white space tells them apart.
        words: how many words this was measured on.
        held_out: whether nothing was learnt from them.
    """

    sizes: IntArray
    reached: IntArray
    rates: FloatArray
    words: int
    held_out: bool


@dataclass(frozen=True)
class Grow(Question[Growth]):
    """Measure the vocabularies of a text at all SIZES."""

    answered_by: ClassVar[str] = "llmviz.text.learning"
    answer: ClassVar[type[Answer]] = Growth

    text: str


@dataclass(frozen=True)
class Costs(Answer):
    """How many tokens a word of other texts needs.

    Attributes:
        texts: the names of the texts that were cut.
        rates: (kinds, texts) tokens per word of held-out parts, [UNK] among them.
        lost: (kinds, texts) how many of these are [UNK]: what stood there is lost, and cheap.
    """

    texts: tuple[str, ...]
    rates: FloatArray
    lost: FloatArray


@dataclass(frozen=True)
class Compare(Question[Costs]):
    """Cut texts of every kind, and the one itself, by the three vocabularies of one text at one size."""

    answered_by: ClassVar[str] = "llmviz.text.learning"
    answer: ClassVar[type[Answer]] = Costs

    text: str
    size: int
