"""Answers what is asked of a text: its vocabularies, what they cost, its words. What was learnt is kept, so that it stays the same."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np

from llmviz.core.questions.base import Answer, AnyAnswer, Question
from llmviz.core.questions.vocabulary import (
    BPE,
    KINDS,
    MOST_LETTERS,
    SIZES,
    TEXTS,
    UNIGRAM,
    Compare,
    Costs,
    Count,
    Grow,
    Growth,
    Learn,
    Stock,
    Vocabulary,
)
from llmviz.core.settings import DIGEST, TextSpec
from llmviz.text import corpora, merging, own, store, vocabularies
from llmviz.text.special import UNK
from llmviz.text.tokenizers import count_words
from llmviz.text.vocabularies import Learnt

RECIPE = 1  # part of the name of what is kept: raised whenever the same text would give another vocabulary
HELD_OUT = 100_000  # letters on which a vocabulary is measured
LEARNT_WORD = 40  # letters of a word that is learnt from whole: a trainer's time grows with the square of the longest
LONG = re.compile(rf"\S{{{LEARNT_WORD}}}(?=\S)")


def answer(folders: dict[int, Path], question: Question[AnyAnswer]) -> list[AnyAnswer]:
    """The answer, once for each of the places asked; these are never looked at, for a text is found by its name."""
    match question:
        case Learn():
            found: Answer = vocabulary(question.text, question.algorithm, question.size)
        case Count():
            found = stock(question.text)
        case Grow():
            found = growth(question.text)
        case Compare():
            found = costs(question.text, question.size)
        case _:
            raise ValueError("this is not a question about a text")
    return cast(list[AnyAnswer], [found for _ in folders])


@dataclass(frozen=True)
class Reading:
    """What is read of a text: documents to learn from, and others to measure on, none where the text is a visitor's own."""

    digest: str
    learnt: tuple[str, ...]
    held_out: tuple[str, ...]
    long: bool = False

    @property
    def measured(self) -> tuple[str, ...]:
        """What a vocabulary is measured on."""
        return self.held_out or self.learnt


@lru_cache(8)
def read(text: str) -> Reading:
    """A text by its name, or a visitor's own by its digest. Raises ValueError, in a sentence, where it is not here."""
    if not DIGEST.fullmatch(text):
        corpus = corpora.load(TextSpec(text))
        return Reading(corpus.digest, excerpt(corpus.train, MOST_LETTERS), excerpt(corpus.validation, HELD_OUT))
    found = own.read(text)
    lines = tuple(line for line in parted(found).splitlines() if line.strip())
    return Reading(text, lines, (), LONG.search(found) is not None)


def parted(text: str) -> str:
    """The text as it is learnt from: a word of more than LEARNT_WORD letters in parts of as many."""
    return LONG.sub(r"\g<0> ", text)


def excerpt(documents: Iterable[str], most: int) -> tuple[str, ...]:
    """The first documents, as many whole ones as so many letters allow."""
    chosen, letters = list[str](), 0
    for document in documents:
        letters += len(document)
        if letters > most:
            break
        chosen.append(document)
    return tuple(chosen)


def vocabulary(text: str, kind: str, size: int) -> Vocabulary:
    """The vocabulary of one kind, with all there is to say of its entries."""
    _check(kind, size)
    reading, (learnt, merged, seconds) = read(text), _kept(text, kind, size)
    model, counts = vocabularies.model(kind, learnt), np.zeros(len(learnt.entries), np.int64)
    for unit, count in _units(text, kind, held_out=False).items():
        for token in model.tokenize(unit):
            counts[token.id] += count
    return Vocabulary(
        step=0,
        entries=learnt.entries,
        counts=counts,
        merges=learnt.merges,
        merged=np.array(merged[: len(learnt.merges)], np.int64),
        scores=np.array(learnt.scores, np.float64),
        letters=sum(map(len, reading.learnt)),
        seconds=seconds,
    )


def stock(text: str) -> Stock:
    """The words of a text."""
    reading = read(text)
    words = count_words(reading.learnt, vocabularies.PLAIN)
    ordered = sorted(words)
    counts = np.array([words[word] for word in ordered], np.int64)
    return Stock(0, tuple(ordered), counts, sum(map(len, reading.learnt)), reading.long)


def growth(text: str) -> Growth:
    """Tokens per word with vocabularies of every size."""
    reading = read(text)
    reached, rates = np.zeros((len(KINDS), len(SIZES)), np.int64), np.zeros((len(KINDS), len(SIZES)))
    for row, kind in enumerate(KINDS):
        for column, size in enumerate(SIZES):
            learnt, *_ = _kept(text, kind, size)
            reached[row, column] = len(learnt.entries)
            rates[row, column], _ = measured(kind, learnt, text)
    return Growth(0, np.array(SIZES, np.int64), reached, rates, _words(reading.measured), bool(reading.held_out))


def costs(text: str, size: int) -> Costs:
    """Tokens per word of texts of every kind, and what is lost of them."""
    texts = (*TEXTS, *(() if text in TEXTS else (text,)))
    rates, lost = np.zeros((len(KINDS), len(texts))), np.zeros((len(KINDS), len(texts)))
    for row, kind in enumerate(KINDS):
        _check(kind, size)
        learnt, *_ = _kept(text, kind, size)
        for column, other in enumerate(texts):
            rates[row, column], lost[row, column] = measured(kind, learnt, other)
    return Costs(0, texts, rates, lost)


def measured(kind: str, learnt: Learnt, text: str) -> tuple[float, float]:
    """Tokens that a vocabulary makes of a text, for each word, and how many of these are [UNK]."""
    model = vocabularies.model(kind, learnt)
    tokens = unknown = 0
    for unit, count in _units(text, kind, held_out=True).items():
        ids = [token.id for token in model.tokenize(unit)]
        tokens += count * len(ids)
        unknown += count * ids.count(UNK)
    words = max(1, _words(read(text).measured))
    return tokens / words, unknown / words


def _words(documents: Sequence[str]) -> int:
    return sum(len(document.split()) for document in documents)


@lru_cache(24)
def _units(text: str, kind: str, held_out: bool) -> Counter[str]:
    reading = read(text)
    return vocabularies.count_units(kind, reading.measured if held_out else reading.learnt)


def _check(kind: str, size: int) -> None:
    if kind not in KINDS or size not in SIZES:
        raise ValueError(f"there is no {kind} vocabulary of {size} entries; there is {', '.join(KINDS)} of {', '.join(map(str, SIZES))}")


def _kept(text: str, kind: str, size: int) -> tuple[Learnt, list[int], float]:
    """A vocabulary, how often each of its merges was made, and the seconds that learning took: kept on this machine, or learnt now.

    Of BPE and WordPiece the largest is learnt, of which each smaller one is the beginning.
    """
    whole = size if kind == UNIGRAM else SIZES[-1]
    learnt, merged, seconds = _learn(text, kind, whole)
    return (learnt if whole == size else learnt.smaller(size)), merged, seconds


@lru_cache(24)
def _learn(text: str, kind: str, size: int) -> tuple[Learnt, list[int], float]:
    file = store.path(read(text).digest, f"{kind}-{size}-{RECIPE}.json")
    try:
        kept = json.loads(file.read_bytes())
        learnt = Learnt(tuple(kept["entries"]), tuple(kept["merges"]), tuple(kept["scores"]))
        return learnt, cast(list[int], kept["merged"]), float(kept["seconds"])
    except (OSError, ValueError, TypeError, KeyError):
        pass  # never learnt, or damaged: learnt again below
    started = time.process_time()
    counts = vocabularies.count_units(kind, read(text).learnt)
    learnt = vocabularies.learn(kind, counts, size)
    seconds = round(time.process_time() - started, 3)
    ranks = {(left, right): rank for rank, (left, _, right) in enumerate(merge.partition(" ") for merge in learnt.merges)}
    merged = merging.tallies(counts, ranks) if kind == BPE else []
    store.keep(file, json.dumps({**asdict(learnt), "merged": merged, "seconds": seconds}, ensure_ascii=False))
    return learnt, merged, seconds
