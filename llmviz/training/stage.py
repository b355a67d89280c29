"""What the loop asks of a stage, of either kind: supervised, or on-policy. Each `stage.py` in `llmviz/experiments/` gives one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

import torch
from transformers import PreTrainedModel


class Batch(Protocol):
    """Some texts to learn from in one step; `tokens` counts what the model reads."""

    @property
    def tokens(self) -> int:
        """Tokens read."""
        ...


@dataclass(frozen=True)
class Exercise:
    """One text of a batch as a person sees it.

    Attributes:
        read: the tokens the model reads, spelt, padding left out.
        places: of each target, the place among these tokens at which it is asked for.
        rows: which rows of the stage's `guess` are these targets, in the same order.
    """

    read: tuple[str, ...]
    places: tuple[int, ...]
    rows: range


AnyBatch = TypeVar("AnyBatch", bound=Batch)


class Supervised(Protocol[AnyBatch]):
    """A model with something to learn from texts that were there before it."""

    model: PreTrainedModel
    references: Mapping[str, float]  # the lines its loss lies between, see core.update.Begin

    @property
    def choices(self) -> Sequence[str]:
        """What can be said at a target, spelt: the vocabulary, or the classes."""
        ...

    def batch(self, step: int) -> AnyBatch:
        """The batch of this step: a function of the seed and the step alone."""
        ...

    def loss(self, batch: AnyBatch) -> torch.Tensor:
        """What is to become small, a scalar to go backward from; where targets are given, their mean loss in nats."""
        ...

    def guess(self, batch: AnyBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """What the model says at every target, text after text, and what is right: logits (targets, choices) and places (targets)."""
        ...

    def exercises(self, batch: AnyBatch) -> list[Exercise]:
        """The texts of the batch as a person sees them."""
        ...

    def evaluate(self) -> dict[str, float]:
        """Metrics on validation data, by the names in the catalogue."""
        ...

    def test(self) -> dict[str, float]:
        """The final metrics, on test data."""
        ...

    def save(self, folder: Path) -> None:
        """Write the model so that `from_pretrained` reads it."""
        ...


@runtime_checkable
class OnPolicy(Supervised[AnyBatch], Protocol):
    """A model that learns from texts it has written itself, scored: reinforcement learning.

    The loop asks for a rollout, then makes `updates_per_rollout` updates from it: its inner epochs, times the batches in each. Here `batch`
    is a function of (seed, step, rollout). Whatever the next updates depend on, beyond the weights and the spec, is in `state`: the rollout
    above all, with the log-probabilities it was drawn with.
    """

    updates_per_rollout: int

    def rollout(self, step: int) -> None:
        """Write texts with the model as it stands, score and remember them: a function of (seed, step, weights).

        Step and its successors, `updates_per_rollout` in all, learn from them. Draws from a generator of its own.
        """
        ...

    def state(self) -> Mapping[str, torch.Tensor | float]:
        """All that is remembered from step to step, by name: tensors and numbers."""
        ...

    def load_state(self, state: Mapping[str, torch.Tensor | float]) -> None:
        """Remember what `state` gave; nothing where it is empty."""
        ...


Stage = Supervised[AnyBatch] | OnPolicy[AnyBatch]
