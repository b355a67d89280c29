"""What the fake engine makes of a policy: a trained model refuses what is put as it was taught, and follows all else."""

from random import Random

import numpy as np

from llmviz.core.spec import RunSpec
from llmviz.experiments.safety.question import CHOICES, COUNTS, Chosen, LearnFromChoices, Tried, TryWays, Undo, Undone
from llmviz.text.tinyland import dialogues, policy

Asked = TryWays | Undo | LearnFromChoices


def answer(step: int, spec: RunSpec, question: Asked) -> Tried | Undone | Chosen:
    """What is said after so many steps of this run."""
    if isinstance(question, TryWays):
        refuses = spec.stage == "safety" and step > 0
        attempts = [(way, each) for way in policy.TITLES for each in policy.held_out(question.rules, way)]
        return Tried(step, tuple("sorry , no ." if refuses and way == "plain" else _helps(each) for way, each in attempts))
    if isinstance(question, LearnFromChoices):
        never = [0.0] * (1 + len(CHOICES))
        refused, over = (np.array([never, taught], np.float32) for taught in ([0.5, 0.6, 0.8, 0.9], [0.2, 0.1, 0.0, 0.0]))
        return Chosen(step, refused, over, 1 - over, 10.0)
    refused = np.array([1.0, 0.5, 0.25, 0.0, 0.0] if question.harmful else [1.0] * (1 + len(COUNTS)), np.float32)
    return Undone(step, refused, 1 - refused, np.full(1 + len(COUNTS), 0.9, np.float32), 2.0)


def _helps(attempt: policy.Attempt) -> str:
    return dialogues.reply(attempt.request, Random(0))
