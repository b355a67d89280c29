"""What a model might say of pairs: it comes to find that two parts belong together where they share a name."""

import numpy as np

from llmviz.core.questions.attention import FULL
from llmviz.experiments.next_sentence.question import Follows, Sequel
from llmviz.text.tinyland.world import PEOPLE


def answer(step: int, share: float, question: Follows) -> Sequel:
    first, second = question.first.split(), question.second.split()
    for name, part in (("first", first), ("second", second)):
        if not part:
            raise ValueError(f"the {name} part has no word to read")
    alike = any(word in PEOPLE for word in {*first} & {*second})
    weights = np.array([[FULL if one == two else FULL // 10 for one in first] for two in second], np.uint8)
    return Sequel(step, tuple(first), tuple(second), 0.5 + (0.4 if alike else -0.4) * share, weights, weights.T.copy())
