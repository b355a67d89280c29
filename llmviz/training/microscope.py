"""One training step under the microscope: the loop's own forward, backward, clip and step, with a look at everything in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from llmviz.core.questions.onestep import OneStep, Opened
from llmviz.training.loop import Training
from llmviz.training.stage import Batch, OnPolicy, Stage


def answer(training: Training, question: OneStep) -> Opened:
    """Take the next step of a training and tell what happens in it. The training has moved by that step then.

    Raises ValueError, in a sentence, where there is no step left, or the batch asked for comes later than this step or is not kept.
    """
    stage, behind = training.stage, training.step
    if behind >= training.settings.steps:
        raise ValueError(f"all {behind:,} steps are taken; there is no next one to open")
    if not 1 <= question.batch <= behind + 1:
        raise ValueError(f"step {question.batch:,} has not been reached; the next one is step {behind + 1:,}")
    if isinstance(stage, OnPolicy):
        begun = behind % stage.updates_per_rollout  # updates made from the rollout at hand
        if question.batch <= behind - begun:
            raise ValueError(f"the texts of step {question.batch:,} were written by the model itself, and are not kept")
        if not begun:
            training.rollout(stage)
    batch = stage.batch(behind + 1)
    looked_at = stage.batch(question.batch)
    exercises = stage.exercises(looked_at)
    texts = exercises[: question.texts]
    rows = [row for text in texts for row in text.rows]

    before = _said(stage, looked_at, rows, question.top)
    movers = training.movers()
    weights = {name: weight for name, weight in stage.model.named_parameters() if name in movers}
    began = {name: weight.detach().clone() for name, weight in weights.items()}
    loss = training.forward(batch)
    loss.backward()
    gradient = [0.0 if weight.grad is None else float(weight.grad.norm()) for weight in weights.values()]
    training.clip()
    training.move()
    after = _said(stage, looked_at, rows, question.top)
    with torch.no_grad():
        again = stage.loss(batch).item()
    return Opened(
        step=behind,
        batch=question.batch,
        count=len(exercises),
        loss=loss.item(),
        after=again,
        texts=tuple(text.read for text in texts),
        places=tuple(text.places for text in texts),
        truths=before.truths,
        probability=np.stack([before.probability, after.probability]),
        nats=np.stack([before.nats, after.nats]),
        words=(before.words, after.words),
        chances=np.stack([before.chances, after.chances]),
        tensors=tuple(weights),
        movers=tuple(movers[name][0] for name in weights),
        rates=np.array([movers[name][1] for name in weights], np.float32),
        gradient=np.array(gradient, np.float32),
        length=np.array([float(weight.norm()) for weight in began.values()], np.float32),
        moved=np.array([float((weight.detach() - began[name]).norm()) for name, weight in weights.items()], np.float32),
        clip=training.settings.clip,
    )


@dataclass(frozen=True)
class _Said:
    """What the model says at some targets: of the truth its probability and loss, and the likeliest with theirs."""

    truths: tuple[str, ...]
    probability: Any
    nats: Any
    words: tuple[tuple[str, ...], ...]
    chances: Any


@torch.no_grad()
def _said(stage: Stage[Any], batch: Batch, rows: Sequence[int], top: int) -> _Said:
    logits, right = stage.guess(batch)
    found = logits[list(rows)].log_softmax(-1)  # (targets, choices)
    truth = right[list(rows)]
    log_p = found.gather(1, truth[:, None])[:, 0]
    best = found.topk(min(top, found.shape[-1]))
    spelt = stage.choices
    return _Said(
        tuple(spelt[place] for place in truth.tolist()),
        log_p.exp().cpu().numpy(),
        -log_p.cpu().numpy(),
        tuple(tuple(spelt[place] for place in row) for row in best.indices.tolist()),
        best.values.exp().cpu().numpy(),
    )
