"""How fast vocabularies are learnt, and a sentence cut by them."""

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bar import Bar
from llmviz.core.questions.vocabulary import KINDS, Vocabulary
from llmviz.experiments.tokenization import FIRST_SIZE
from llmviz.experiments.tokenization.pieces_view import NAMES, WAYS
from llmviz.runs.process import ENVIRONMENT
from llmviz.text import learning
from llmviz.text.vocabularies import count_units, cut, learn

TEXT = "wiki"  # of the texts the one with the most different words
ROUNDS = 5
SENTENCE = "The unhappiest president tweets about counterrevolutionaries and penguins, all of whom are free."


def bars(home: Path) -> Iterator[Bar]:
    """Learning from a million letters, by the slowest of the three, and cutting a sentence by all of them."""
    os.environ |= {"LLMVIZ_HOME": str(home), "TOKENIZERS_PARALLELISM": ENVIRONMENT["TOKENIZERS_PARALLELISM"]}  # as a worker learns
    documents = learning.read(TEXT).learnt
    took = {NAMES[kind]: statistics.median(_seconds(kind, documents) for _ in range(ROUNDS)) for kind in KINDS}
    told = ", ".join(f"{name} {seconds:.2f}" for name, seconds in took.items())
    letters = sum(map(len, documents))
    yield Bar(
        "vocabulary learnt from a million letters",
        max(took.values()),
        "s",
        most=1,
        note=f"{letters:,} letters of {TEXT}, one thread: {told}",
    )
    known = {kind: learning.vocabulary(TEXT, kind, FIRST_SIZE) for kind in KINDS}
    for kind in KINDS:
        cut(kind, known[kind], SENTENCE, WAYS)  # the first one makes the tables
    cuts = [_cut_all(known) for _ in range(ROUNDS)]
    yield Bar("a sentence cut by all three, with every step", statistics.median(cuts), "ms", most=20, note=f"{len(SENTENCE.split())} words")


def _seconds(kind: str, documents: tuple[str, ...]) -> float:
    started = time.perf_counter()
    learn(kind, count_units(kind, documents), FIRST_SIZE)
    return time.perf_counter() - started


def _cut_all(known: dict[str, Vocabulary]) -> float:
    started = time.perf_counter()
    for kind, vocabulary in known.items():
        cut(kind, vocabulary, SENTENCE, WAYS)
    return 1_000 * (time.perf_counter() - started)
