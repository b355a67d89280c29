"""Direct preference optimisation: of two replies the preferred one is to become likelier than the other (Rafailov et al. 2023, equation 7).

Data, loss, metrics, top to bottom. The reward is the log-ratio of the model to the one it began as; no other model is trained for it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

from llmviz.core.spec import RunSpec
from llmviz.training import alignment, feedback
from llmviz.training.aligned import Aligned
from llmviz.training.alignment import Replies
from llmviz.training.feedback import Choice
from llmviz.training.labelled import turns
from llmviz.training.stage import Exercise


def build(spec: RunSpec, parent: Path | None) -> "Dpo":
    """The stage of this spec, on the parent's weights."""
    return Dpo(spec, parent)


@dataclass(frozen=True)
class Pairs:
    """The preferred replies and the others, and of each reply the log-probability under the model it began as: (pairs)."""

    preferred: Replies
    other: Replies
    preferred_reference: torch.Tensor
    other_reference: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return self.preferred.tokens + self.other.tokens


class Dpo(Aligned):
    """A model that learns from choices."""

    def __init__(self, spec: RunSpec, parent: Path | None) -> None:
        super().__init__(spec, parent)
        self.style = self.objective.hidden_taste
        self.learnt = feedback.learnt(self.objective, self.reference, self.tokenizer, spec.seed)
        self._before = [
            self._of_reference([choice.preferred for choice in self.learnt]),
            self._of_reference([choice.other for choice in self.learnt]),
        ]
        self.references = {"random_guess": math.log(2)}

    # Data

    def batch(self, step: int) -> Pairs:
        """The choices whose turn it is in this step: all come equally often, in another order each time through."""
        return self._pairs(list(turns(len(self.learnt), self.spec.train.batch_size, self.spec.seed, step)))

    def _pairs(self, places: Sequence[int]) -> Pairs:
        chosen = [self.learnt[place] for place in places]
        replies = (self._read(chosen, [choice.preferred for choice in chosen]), self._read(chosen, [choice.other for choice in chosen]))
        return Pairs(*replies, *(before[torch.tensor(places)] for before in self._before))

    def _read(self, choices: Sequence[Choice], replies: Sequence[str]) -> Replies:
        return Replies.told(self.tokenizer, [choice.request.text for choice in choices], replies, self.model.device)

    @torch.no_grad()
    def _of_reference(self, replies: Sequence[str]) -> torch.Tensor:
        read = self._read(self.learnt, replies)
        return read.sums(alignment.log_probabilities(self.reference, read))

    # Loss

    def loss(self, batch: Pairs) -> torch.Tensor:
        """Mean of −log σ(β · (log-ratio of the preferred − log-ratio of the other)), in nats."""
        return cross_entropy(*self.guess(batch))

    def guess(self, batch: Pairs) -> tuple[torch.Tensor, torch.Tensor]:
        """β · log-ratio of both replies, as logits of being preferred; and which was: (pairs, 2), (pairs)."""
        ratios = [
            replies.sums(alignment.log_probabilities(self.model, replies)) - reference
            for replies, reference in ((batch.preferred, batch.preferred_reference), (batch.other, batch.other_reference))
        ]
        rewards = self.objective.beta * torch.stack(ratios, -1)
        return rewards, torch.zeros(len(rewards), dtype=torch.long, device=rewards.device)

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """What can be said of a pair."""
        return feedback.PREFERRED

    def exercises(self, batch: Pairs) -> list[Exercise]:
        """Each pair, one reply behind the other; the target is which is preferred."""
        return feedback.exercises(self.words, batch.preferred.whole, batch.other.whole)

    # Metrics

    def besides(self, replies: Replies) -> dict[str, float]:
        """How likely the choices have become that it learns from, whatever it replies."""
        pairs = self._pairs(range(len(self.learnt)))
        return {
            f"{name}_log_probability": told.sums(alignment.log_probabilities(self.model, told)).mean().item()
            for name, told in (("preferred", pairs.preferred), ("other", pairs.other))
        }
