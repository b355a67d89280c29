"""What a model might make of an exercise: at first nothing is likelier than anything else, at the end every second target is known."""

import numpy as np

from llmviz.core.questions.exercise import FOLLOWS, Solve, Solved

UNTRAINED, TRAINED = 0.01, 0.9
OTHER = "owl"  # what it says instead


def answer(step: int, share: float, question: Solve, spelt: list[str]) -> Solved:
    known = np.arange(len(question.truth)) % 2 == 0
    chances = np.where(known, UNTRAINED + (TRAINED - UNTRAINED) * share, UNTRAINED).astype(np.float32)
    right = chances > 0.5
    words = [FOLLOWS[id] if question.stage == "nsp" else spelt[id] for id in question.truth]
    guesses = tuple((word, OTHER) if sure else (OTHER, word) for word, sure in zip(words, right, strict=True))
    shares = np.stack([np.maximum(chances, 1 - chances), np.minimum(chances, 1 - chances)], axis=1).astype(np.float32)
    return Solved(step, chances, guesses, shares, right, float(-np.log(chances).mean()))
