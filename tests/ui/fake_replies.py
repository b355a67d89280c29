"""What the fake engine says of a policy: figures that rise, and without a leash fall again; replies that turn from sad to glad."""

import math

import numpy as np

from llmviz.core.experiment import Metric
from llmviz.core.spec import RunSpec
from llmviz.experiments.reinforcement.question import Best, BestOf, RewardWords, WordRewards

Asked = RewardWords | BestOf
GOOD = "glad"
BAD = "sad"


def figures(spec: RunSpec, share: float, metrics: tuple[Metric, ...]) -> dict[str, float]:
    """Those of a policy so far."""
    loose = spec.objective.beta == 0
    rise, fall = 1 - math.exp(-8 * share), share**2 * loose
    told = {
        "win_rate": 0.5 + 0.35 * rise - 0.3 * fall,
        "taste": 0.4 + 2 * rise - 2 * fall,
        "reward": 0.2 + rise,
        "kl": (30 if loose else 3) * share,
        "length": 12.0,
        "entropy": 1 - 0.5 * share,
        "distinct": 0.9 - 0.85 * fall,
        "followed": 0.95 - 0.5 * fall,
        "spread": 0.5 * (1 - fall),
        "preferred_log_probability": -18 - 2 * share,
        "other_log_probability": -19 - 9 * share,
    }
    return {metric.name: told[metric.name] for metric in metrics}


def answer(step: int, share: float, question: Asked) -> WordRewards | Best:
    """What a reward model makes of the replies of a policy after this share of its training."""
    if isinstance(question, RewardWords):
        words = [word for reply in question.replies for word in reply.split()]
        rewards = [1.0 if GOOD in reply.split() else -1.0 for reply in question.replies]
        pushes = [1.0 if word == GOOD else -1.0 if word == BAD else 0.0 for word in words]
        return WordRewards(step, np.array(rewards, np.float32), np.array(pushes, np.float32))
    counts = 2 ** np.arange(7)
    gained, seconds = np.log(counts) / np.log(64), np.array([0.1 * count for count in counts.tolist()])
    return Best(step, counts, 0.5 + 0.4 * gained, 0.4 + 2 * gained, 0.2 + gained, seconds, question.requests)
