"""The reward model: a number for a reply, learnt from choices between two (Bradley and Terry 1952; Ouyang et al. 2022, equation 1).

Data, loss, metrics, top to bottom. The body is that of the model that wrote the replies; the head, one number for a whole text, is new.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.core.feedback import ChoicesSpec
from llmviz.core.spec import RunSpec
from llmviz.models import files, masked, rewarding, transfer
from llmviz.text.splits import Split
from llmviz.training import feedback, replying
from llmviz.training.exercises import candidates
from llmviz.training.feedback import Choice
from llmviz.training.labelled import begun, turns
from llmviz.training.stage import Exercise

VALIDATION, TEST = 200, 1_000  # pairs of replies looked at while training and at the end
HELD_OUT_SEED = 7  # of their draws: the same pairs for every run of one start


def build(spec: RunSpec, parent: Path | None) -> "Reward":
    """The stage of this spec: a new head on the parent's weights."""
    tokenizer = replying.tokenizer_of(spec)
    writer = masked.moved(begun(spec, parent, tokenizer.get_vocab_size()), spec.train.device)
    model = rewarding.model_of(writer)
    return Reward(spec, tokenizer, writer, masked.moved(model, spec.train.device), transfer.report(parent, model))


@dataclass(frozen=True)
class ChoiceBatch:
    """Requests with the preferred reply each, and with the other, as ids without [CLS] and [SEP]."""

    preferred: Sequence[Sequence[int]]
    other: Sequence[Sequence[int]]

    @property
    def tokens(self) -> int:
        """Tokens the model reads: of both texts of a pair, with [CLS] and [SEP]."""
        return sum(len(ids) + 2 for ids in (*self.preferred, *self.other))


class Reward:
    """A model that learns what is preferred."""

    def __init__(
        self, spec: RunSpec, tokenizer: Tokenizer, writer: PreTrainedModel, model: PreTrainedModel, origin: transfer.Transfer
    ) -> None:
        self.spec, self.tokenizer, self.model, self.origin = spec, tokenizer, model, origin
        self._writer = writer
        self.objective: ChoicesSpec = spec.objective
        self.learnt = feedback.learnt(self.objective, writer, tokenizer, spec.seed)
        self._validation = self._pairs("validation", VALIDATION)
        self.references: Mapping[str, float] = {"random_guess": math.log(2), "chance": 0.5}

    # Data

    def batch(self, step: int) -> ChoiceBatch:
        """The choices whose turn it is in this step: all come equally often, in another order each time through."""
        places = turns(len(self.learnt), self.spec.train.batch_size, self.spec.seed, step)
        return self._read([self.learnt[place] for place in places])

    def _read(self, choices: Sequence[Choice]) -> ChoiceBatch:
        def ids(replies: Sequence[str]) -> list[list[int]]:
            texts = [f"{choice.request.text} {reply}" for choice, reply in zip(choices, replies, strict=True)]
            return [self.tokenizer.encode(text, add_special_tokens=False).ids for text in texts]

        return ChoiceBatch(ids([choice.preferred for choice in choices]), ids([choice.other for choice in choices]))

    # Loss

    def loss(self, batch: ChoiceBatch) -> torch.Tensor:
        """Mean of −log σ(reward of the preferred − reward of the other), in nats."""
        return cross_entropy(*self.guess(batch))

    def guess(self, batch: ChoiceBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Both rewards as logits of being preferred, whose softmax is σ of their difference; and which was: (pairs, 2), (pairs)."""
        found = rewarding.rewards(self.model, [*batch.preferred, *batch.other])
        rewards = torch.stack(found.chunk(2), dim=-1)
        return rewards, torch.zeros(len(rewards), dtype=torch.long, device=rewards.device)

    # What a person sees of a batch

    @property
    def choices(self) -> Sequence[str]:
        """What can be said of a pair."""
        return feedback.PREFERRED

    def exercises(self, batch: ChoiceBatch) -> list[Exercise]:
        """Each pair, one reply behind the other; the target is which is preferred."""
        return feedback.exercises(candidates(self.tokenizer), batch.preferred, batch.other)

    # Metrics

    def evaluate(self) -> dict[str, float]:
        """The share of validation pairs of which the labeller's choice is told, and the loss on them."""
        return self._measure(self._validation)

    def test(self) -> dict[str, float]:
        """The same on test pairs."""
        return self._measure(self._pairs("test", TEST))

    def _pairs(self, split: Split, count: int) -> tuple[Choice, ...]:
        return feedback.held_out(self.objective, self._writer, self.tokenizer, split, count, HELD_OUT_SEED)

    @torch.no_grad()
    def _measure(self, pairs: Sequence[Choice]) -> dict[str, float]:
        logits, truth = self.guess(self._read(pairs))
        right = (logits[:, 0] > logits[:, 1]).float() + 0.5 * (logits[:, 0] == logits[:, 1]).float()
        return {"pair_accuracy": right.mean().item(), "loss": cross_entropy(logits, truth).item()}

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what became of the parent's tensors."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
