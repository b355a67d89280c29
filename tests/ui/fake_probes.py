"""Probes as a run that trains nothing answers them: the later, the more are right."""

import numpy as np

from llmviz.experiments.what_and_when.question import Probe, Probed

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
