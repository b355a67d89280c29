"""A policy: a model that learns from replies it has drawn itself, and that a reward model judged. What PPO and GRPO have in common."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
import torch

from llmviz.core.feedback import REWARD_ROLE
from llmviz.core.spec import RunSpec
from llmviz.models import masked, rewarding
from llmviz.text.tinyland.dialogues import Request
from llmviz.training import alignment
from llmviz.training.aligned import Aligned
from llmviz.training.alignment import Replies
from llmviz.training.feedback import open_requests
from llmviz.training.stage import Exercise


class Policy(Aligned):
    """A model that learns from its own replies, with the one that judges them.

    `remembered` is what the next updates learn from: the replies, and of each token the log-probability it was drawn with and that under
    the model it began as; of each reply its reward.
    """

    def __init__(self, spec: RunSpec, parent: Path | None, reward: Path) -> None:
        super().__init__(spec, parent)
        self.reward = masked.moved(rewarding.load(reward, self.model), spec.train.device)
        judged = spec.inputs[REWARD_ROLE]
        self.style = judged.objective.hidden_taste if isinstance(judged, RunSpec) else ""
        self.remembered: dict[str, torch.Tensor] = {}
        self.references = {}

    # Rollout

    def requests(self, step: int, count: int) -> list[Request]:
        """The requests of this rollout: a function of the seed and the step."""
        return open_requests("train", count, Random(f"rollout {self.spec.seed} {step}"))

    def draw(self, requests: Sequence[Request], step: int) -> Replies:
        """Draw a reply to each, and remember it with its log-probabilities and its reward."""
        generator = torch.Generator(self.model.device).manual_seed(int(np.random.default_rng((self.spec.seed, step)).integers(2**63)))
        replies = self.helper(self.model).draw(requests, generator)
        with torch.no_grad():
            self.remembered = {
                "input_ids": replies.input_ids,
                "labels": replies.labels,
                "drawn_with": alignment.log_probabilities(self.model, replies),
                "reference": alignment.log_probabilities(self.reference, replies),
                "rewards": alignment.rewarded(self.reward, replies),
            }
        return replies

    def batch(self, step: int) -> Replies:
        """All replies of the rollout."""
        return Replies(self.remembered["input_ids"], self.remembered["labels"])

    def state(self) -> Mapping[str, torch.Tensor | float]:
        """The rollout."""
        return dict(self.remembered)

    def load_state(self, state: Mapping[str, torch.Tensor | float]) -> None:
        """Remember a rollout, in memory of its own: in that of a file numbers lie at odd places, and products there round otherwise."""
        self.remembered = {name: torch.as_tensor(value).to(self.model.device).clone() for name, value in state.items()}

    # What a person sees of a batch

    def guess(self, batch: Replies) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits at the tokens of the replies, and the tokens that were drawn: (targets, vocabulary), (targets)."""
        return alignment.logits(self.model, batch), alignment.targets(batch)

    @property
    def choices(self) -> Sequence[str]:
        """The vocabulary, spelt."""
        return self.words

    def exercises(self, batch: Replies) -> list[Exercise]:
        """Each request with its reply; the targets are the reply's tokens."""
        return batch.exercises(self.words)

    # Metrics

    def besides(self, replies: Replies) -> dict[str, float]:
        """What the reward model says of the replies; and whether it told apart those that were learnt from, once there are any."""
        said = {"reward": alignment.rewarded(self.reward, replies).mean().item()}
        if self.remembered:
            compared = self.compared()
            said["spread"] = (compared.amax(1) - compared.amin(1)).max().item()
        return said

    def compared(self) -> torch.Tensor:
        """The rewards of the rollout, in a row those that are held against one another: (groups, replies)."""
        return self.remembered["rewards"][None]
