"""Group relative policy optimisation: replies are compared with others to the same request (Shao et al. 2024, equation 3).

Rollout, loss, metrics, top to bottom. Whatever earns more reward than the mean of its group becomes likelier. No critic is needed.
"""

from pathlib import Path

import torch

from llmviz.core.spec import RunSpec
from llmviz.training import alignment
from llmviz.training.alignment import Replies, k3
from llmviz.training.policy import Policy

GROUP = 8  # replies to a request
CLIP = 0.2  # how far a ratio of probabilities may move the loss
LEAST = 1e-4  # standard deviation of a group whose replies all earn the same: nothing is learnt from it


def build(spec: RunSpec, parent: Path | None, reward: Path) -> "Grpo":
    """The stage of this spec, on the parent's weights; the model in the folder `reward` judges."""
    return Grpo(spec, parent, reward)


class Grpo(Policy):
    """A model that learns from the rewards of groups of replies."""

    updates_per_rollout = 2

    # Rollout

    def rollout(self, step: int) -> None:
        """Write a group of replies to each request, and note what each earned beyond its group's mean."""
        requests = self.requests(step, self.spec.train.batch_size // GROUP)
        self.draw([request for request in requests for _ in range(GROUP)], step)
        self.remembered["advantages"] = advantages(self.compared()).flatten()

    def compared(self) -> torch.Tensor:
        """The rewards of each group: (groups, replies)."""
        return self.remembered["rewards"].view(-1, GROUP)

    # Loss

    def loss(self, batch: Replies) -> torch.Tensor:
        """−(clipped ratio · advantage) + β · KL, a mean over the tokens of each reply and then over the replies."""
        policy = alignment.log_probabilities(self.model, batch)
        ratio = (policy - self.remembered["drawn_with"]).exp()  # 1 before the first update of a rollout
        advantage = self.remembered["advantages"][batch.text]  # one for all tokens of a reply
        gained = torch.minimum(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage)
        leash = self.objective.beta * k3(policy, self.remembered["reference"])
        lengths = batch.sums(torch.ones_like(policy))
        return (batch.sums(leash - gained) / lengths).mean()


def advantages(rewards: torch.Tensor) -> torch.Tensor:
    """By how many standard deviations each reward lies above the mean of its group: (groups, replies). All alike: 0."""
    return (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + LEAST)
