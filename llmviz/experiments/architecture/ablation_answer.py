"""What a run measures of itself while a head or a layer of it is switched off."""

import numpy as np
import torch

from llmviz.experiments.architecture.answer import walk
from llmviz.experiments.architecture.pieces_answer import pieces
from llmviz.experiments.architecture.question import Ablation, Measured
from llmviz.text.special import CLS, SEP
from llmviz.training.loop import Training


@torch.no_grad()
def answer(training: Training, question: Ablation) -> Measured:
    """The figures that the stage reports, of the whole model and with each piece switched off. The weights are what they were after it."""
    stage = training.stage
    tape = walk(stage.model, torch.tensor([CLS, SEP])).tape  # any text will do: what is wanted are its boxes' weights
    there = pieces(tape)
    found = []
    for piece in there:
        with piece.silenced():
            found.append(stage.evaluate())
    metrics = tuple(found[0])
    figures = np.array([[each[name] for name in metrics] for each in found], np.float32)
    return Measured(training.step, tuple(piece.name for piece in there), metrics, figures)
