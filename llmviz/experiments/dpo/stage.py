"""Direct preference optimisation: of two replies the preferred one is to become likelier than the other (Rafailov et al. 2023, equation 7).

Data, loss, metrics, top to bottom. The reward is the log-ratio of the model to the one it began as; no other model is trained for it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

from llmviz.core.feedback import PreferenceSpec
from llmviz.core.spec import RunSpec
from llmviz.models import files, masked, transfer
from llmviz.text.special import SEP
from llmviz.training import alignment, feedback, replying
from llmviz.training.alignment import Helper, Replies, Trial
from llmviz.training.exercises import candidates
from llmviz.training.feedback import Choice
from llmviz.training.labelled import begun, turns
from llmviz.training.stage import Exercise

PREFERRED = ("the first is preferred", "the second is preferred")


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


class Dpo:
    """A model that learns from choices."""

    def __init__(self, spec: RunSpec, parent: Path | None) -> None:
        self.spec = spec
        self.objective: PreferenceSpec = spec.objective
        self.tokenizer = replying.tokenizer_of(spec)
        self.model = masked.moved(begun(spec, parent, self.tokenizer.get_vocab_size()), spec.train.device)
        self.reference = masked.moved(begun(spec, parent, self.tokenizer.get_vocab_size()), spec.train.device).requires_grad_(False)
        self.origin = transfer.report(parent, self.model)
        self.learnt = feedback.learnt(self.objective, self.reference, self.tokenizer, spec.seed)
        self._before = [
            self._of_reference([choice.preferred for choice in self.learnt]),
            self._of_reference([choice.other for choice in self.learnt]),
        ]
        self.references: Mapping[str, float] = {"random_guess": math.log(2)}

    # Data

    def batch(self, step: int) -> Pairs:
        """The choices whose turn it is in this step: all come equally often, in another order each time through."""
        return self._pairs(list(turns(len(self.learnt), self.spec.train.batch_size, self.spec.seed, step)))

    def _pairs(self, places: Sequence[int]) -> Pairs:
        chosen = [self.learnt[place] for place in places]
        replies = (self._read(chosen, [choice.preferred for choice in chosen]), self._read(chosen, [choice.other for choice in chosen]))
        return Pairs(*replies, *(before[torch.tensor(places)] for before in self._before))

    def _read(self, choices: Sequence[Choice], replies: Sequence[str]) -> Replies:
        def ids(texts: Sequence[str]) -> list[list[int]]:
            return [self.tokenizer.encode(text, add_special_tokens=False).ids for text in texts]

        return Replies.of(ids([choice.request.text for choice in choices]), [[*reply, SEP] for reply in ids(replies)], self.model.device)

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
        return PREFERRED

    def exercises(self, batch: Pairs) -> list[Exercise]:
        """Each pair, one reply behind the other; the target is which is preferred."""
        spelt = replying.spelt(self.tokenizer)
        texts = [(*spelt(one), "|", *spelt(other)) for one, other in zip(batch.preferred.whole, batch.other.whole, strict=True)]
        return [Exercise(text, (0,), range(row, row + 1)) for row, text in enumerate(texts)]

    # Metrics

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return candidates(self.tokenizer)

    @cached_property
    def _validation(self) -> Trial:
        return Trial.of(Helper(self.reference, self.tokenizer, self._words), "validation", alignment.VALIDATION)

    def evaluate(self) -> dict[str, float]:
        """How its replies to validation requests fare beside those of the model it began as; and how likely the choices have become."""
        return self._measure(self._validation)

    def test(self) -> dict[str, float]:
        """The same for test requests."""
        return self._measure(Trial.of(Helper(self.reference, self.tokenizer, self._words), "test", alignment.TEST))

    @torch.no_grad()
    def _measure(self, trial: Trial) -> dict[str, float]:
        figures, _ = trial.measured(Helper(self.model, self.tokenizer, self._words), self.reference, self.objective.hidden_taste)
        pairs = self._pairs(range(len(self.learnt)))
        likely = {
            f"{name}_log_probability": replies.sums(alignment.log_probabilities(self.model, replies)).mean().item()
            for name, replies in (("preferred", pairs.preferred), ("other", pairs.other))
        }
        return figures | likely

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what became of the parent's tensors."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
