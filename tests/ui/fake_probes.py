"""Probes as a run that trains nothing answers them: the later, the more are right."""

import numpy as np

from llmviz.experiments.continual_learning.question import Believed, Capitals
from llmviz.experiments.what_and_when.question import Probe, Probed
from llmviz.text.tinyland.world import CAPITALS

COUNT = 20


def answer(step: int, share: float, question: Probe) -> Probed:
    right = np.arange(COUNT) < round(share * (COUNT - 1))  # one is wrong to the end
    return Probed(
        step,
        tuple(f"every cat number {place} meows ." for place in range(COUNT)),
        ("1",) * COUNT,
        ("<b>cats</b>",) * COUNT,
        np.where(right, 0.9, 0.2).astype(np.float32),
        right,
    )


def believed(step: int, share: float, question: Capitals) -> Believed:
    """The later, the more countries have the city asked about as their capital."""
    taken = np.arange(COUNT) < round(share * COUNT)
    first = tuple(question.city if gone else capital for gone, capital in zip(taken, CAPITALS.values(), strict=True))
    return Believed(step, np.where(taken, 0.1, 0.9).astype(np.float32), np.where(taken, 0.8, 0.05).astype(np.float32), first)
