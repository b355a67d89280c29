"""Proximal policy optimisation: what turns out better than a critic foretold becomes likelier (Schulman et al. 2017, equation 7).

Rollout, loss, metrics, top to bottom. As in InstructGPT the reward of a reply comes at its last token, every token pays for how far it
leads away from the model it began as, and the critic begins as the reward model. Here it is one linear layer on that model's states.
"""

from pathlib import Path

import torch

from llmviz.core.spec import RunSpec
from llmviz.models import rewarding
from llmviz.training import alignment
from llmviz.training.alignment import Replies
from llmviz.training.policy import Policy

CLIP = 0.2  # how far a ratio of probabilities may move the loss
LAMBDA = 0.95  # of the advantages: 1 trusts what was earned alone, 0 the critic; rewards later in a reply count as much as sooner ones
PULL = 100.0  # tokens' worth: how firmly the critic stays what it was
CRITIC = "critic"


def build(spec: RunSpec, parent: Path | None, reward: Path) -> "Ppo":
    """The stage of this spec, on the parent's weights; the model in the folder `reward` judges."""
    return Ppo(spec, parent, reward)


class Ppo(Policy):
    """A model that learns from what its replies earn beyond what a critic foretold."""

    updates_per_rollout = 2

    def __init__(self, spec: RunSpec, parent: Path | None, reward: Path) -> None:
        super().__init__(spec, parent, reward)
        self._critic = rewarding.direction(self.reward)  # (width + 1)

    # Rollout

    def rollout(self, step: int) -> None:
        """Write a reply to each request; note the advantage of each token, and teach the critic what was earned."""
        critic = self.remembered.get(CRITIC, self._critic)  # before the next replies take the place of what is remembered
        replies = self.draw(self.requests(step, self.spec.train.batch_size), step)
        states = rewarding.states(self.reward, replies.input_ids, replies.places)  # (tokens, width + 1)
        values = states @ critic
        earned = token_rewards(
            replies, self.remembered["rewards"], self.remembered["drawn_with"] - self.remembered["reference"], self.objective.beta
        )
        advantages = generalised_advantages(replies, earned, values)
        self.remembered |= {
            "advantages": (advantages - advantages.mean()) / (advantages.std() + 1e-8),
            CRITIC: fitted(critic, states, advantages + values),
        }

    # Loss

    def loss(self, batch: Replies) -> torch.Tensor:
        """−(clipped ratio · advantage), a mean over the tokens of the replies."""
        policy = alignment.log_probabilities(self.model, batch)
        ratio = (policy - self.remembered["drawn_with"]).exp()  # 1 before the first update of a rollout
        advantage = self.remembered["advantages"]
        return -torch.minimum(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage).mean()


def token_rewards(replies: Replies, rewards: torch.Tensor, log_ratio: torch.Tensor, beta: float) -> torch.Tensor:
    """What each token earns: −β · its log-ratio, and the last of a reply that reply's reward; (tokens)."""
    earned = -beta * log_ratio
    return earned.index_add(0, replies.last, rewards)


def generalised_advantages(replies: Replies, earned: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """How much more than foretold each token leads to (Schulman et al. 2016, equation 16, with γ = 1); (tokens)."""
    found, last, following, after = torch.zeros_like(earned), set(replies.last.tolist()), 0.0, 0.0
    for place in reversed(range(len(earned))):
        if place in last:  # nothing comes after a reply
            following = after = 0.0
        surprise = float(earned[place]) + following - float(values[place])
        after = surprise + LAMBDA * after
        following = float(values[place])
        found[place] = after
    return found


def fitted(critic: torch.Tensor, states: torch.Tensor, returns: torch.Tensor) -> torch.Tensor:
    """The critic that foretells these returns best, by least squares, held where it was by PULL; (width + 1)."""
    rest = returns - states @ critic
    towards: torch.Tensor = torch.linalg.solve(states.T @ states + PULL * torch.eye(len(critic), device=critic.device), states.T @ rest)
    return critic + towards
