"""How far two ways of weighing words agree: the rank correlation of their weights on held-out examples."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from llmviz.experiments.classification import answer as reasons
from llmviz.experiments.classification import unseen_answer
from llmviz.experiments.classification.question import Agree, Agreement, FloatArray
from llmviz.inspect import classification, snapshots
from llmviz.text.tokenizers import pieces
from llmviz.text.words import in_words

FEWEST = 4  # words a text needs before a rank correlation says anything
AT_ONCE = 20  # texts in one pass of integrated gradients


def answer(folders: Mapping[int, Path], question: Agree) -> list[Agreement]:
    """The agreement of each snapshot, in the order of the steps.

    Raises ValueError, in a sentence, for a text without labels, or a model without a head to classify with.
    """
    if not folders:
        return []
    steps = sorted(folders)
    first = folders[steps[0]]
    classification.labels(first)
    texts = _groups(first, question)
    return [_agreement(step, folders[step], texts) for step in steps]


def _groups(folder: Path, question: Agree) -> list[reasons.Groups]:
    """The examples in words, without those that are too short to rank or too long to read whole."""
    tokenizer = snapshots.tokenizer(folder)
    chosen = unseen_answer.examples(question.text, question.count)
    found = [in_words(pieces(tokenizer, text)) for text, _ in chosen]
    whole = [len(ids) for ids in classification.encoded(folder, [text for text, _ in chosen])]
    return [
        [[piece.id for piece in word] for word in words]
        for words, most in zip(found, whole, strict=True)
        if len(words) >= FEWEST and sum(map(len, words)) == most
    ]


def _agreement(step: int, folder: Path, texts: list[reasons.Groups]) -> Agreement:
    in_order = sorted(texts, key=lambda words: sum(map(len, words)))
    correlation, gap = [], []
    for start in range(0, len(in_order), AT_ONCE):
        some = in_order[start : start + AT_ONCE]
        for words, (weight, whole, without) in zip(some, reasons.gradients(folder, some), strict=True):
            [(other, _, _)] = reasons.left_out([folder], words)
            alike = rank_correlation(weight, other)
            if not math.isnan(alike):
                correlation.append(alike)
                gap.append(abs(float(weight.sum()) - (whole - without)))
    return Agreement(step, np.array(correlation, np.float32), np.array(gap, np.float32))


def rank_correlation(one: FloatArray, other: FloatArray) -> float:
    """Spearman's coefficient, −1 … 1; not a number where all values of one are equal."""
    from scipy.stats import spearmanr  # type: ignore[import-untyped] # here: it loads for a second, and this question alone needs it

    return float(spearmanr(one, other).statistic) if np.ptp(one) and np.ptp(other) else math.nan
