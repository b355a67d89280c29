"""What the loop asks of a stage. Each `stage.py` in `llmviz/experiments/` gives one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import torch
from transformers import PreTrainedModel

from llmviz.core.update import Sample


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


class Stage(Protocol[AnyBatch]):
    """A model with something to learn."""

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
        """The mean loss over the batch's targets, in nats, a scalar to go backward from."""
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

    def samples(self, step: int) -> list[Sample]:
        """The model's answers to a few fixed prompts."""
        ...

    def save(self, folder: Path) -> None:
        """Write the model so that `from_pretrained` reads it."""
        ...
