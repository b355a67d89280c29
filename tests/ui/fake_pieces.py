"""Figures of a run with pieces switched off, that nobody measured: every layer costs a little, one head all facts."""

import numpy as np

from llmviz.core.spec import RunSpec
from llmviz.experiments.architecture.question import Ablation, Measured

HEADS = tuple(f"block {layer}, head {head}" for layer in (1, 2) for head in (1, 2, 3, 4))
LAYERS = tuple(f"block {layer}, {part}" for layer in (1, 2) for part in ("all attention", "feed-forward"))
NEEDED = "block 2, head 4"


def answer(step: int, spec: RunSpec, question: Ablation) -> Measured:
    pieces = ("", *HEADS, *LAYERS)
    loss = [0.7, *(0.75 for _ in HEADS), *(2.0 for _ in LAYERS)]
    facts = [1.0 if piece != NEEDED else 0.1 for piece in pieces]
    return Measured(step, pieces, ("loss", "facts"), np.array([loss, facts], np.float32).T)
