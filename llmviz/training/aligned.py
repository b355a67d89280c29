"""A model that is to be aligned beside the one it began as, and how its replies fare. What all have in common that learn from feedback."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from llmviz.core.spec import RunSpec
from llmviz.models import files, masked, transfer
from llmviz.training import alignment, replying
from llmviz.training.alignment import Helper, Replies, Trial
from llmviz.training.exercises import candidates
from llmviz.training.labelled import begun


class Aligned:
    """The model as it moves, and frozen the one it began as, its `reference`. `style` is the taste that replies are measured by."""

    style: str
    references: Mapping[str, float]

    def __init__(self, spec: RunSpec, parent: Path | None) -> None:
        self.spec = spec
        self.objective: Any = spec.objective
        self.tokenizer = replying.tokenizer_of(spec)
        self.model, self.reference = (
            masked.moved(begun(spec, parent, self.tokenizer.get_vocab_size()), spec.train.device) for _ in range(2)
        )
        self.reference.requires_grad_(False)
        self.origin = transfer.report(parent, self.model)

    @cached_property
    def words(self) -> Sequence[str]:
        """The vocabulary, spelt."""
        return candidates(self.tokenizer)

    def helper(self, model: PreTrainedModel) -> Helper:
        """One of its models as somebody who replies."""
        return Helper(model, self.tokenizer, self.words)

    # Metrics

    @cached_property
    def _validation(self) -> Trial:
        return Trial.of(self.helper(self.reference), "validation", alignment.VALIDATION)

    def evaluate(self) -> dict[str, float]:
        """How its replies to validation requests fare beside those of the model it began as, and what a stage measures besides."""
        return self._measure(self._validation)

    def test(self) -> dict[str, float]:
        """The same for test requests."""
        return self._measure(Trial.of(self.helper(self.reference), "test", alignment.TEST))

    def _measure(self, trial: Trial) -> dict[str, float]:
        figures, replies = trial.measured(self.helper(self.model), self.reference, self.style)
        with torch.no_grad():
            return figures | self.besides(replies)

    def besides(self, replies: Replies) -> dict[str, float]:
        """What a stage measures besides, by the name of its metric; `replies` are those of a trial."""
        raise NotImplementedError

    def save(self, folder: Path) -> None:
        """Write the model and its tokenizer so that `from_pretrained` reads them, and beside them what became of the parent's tensors."""
        files.save(self.model, self.tokenizer, folder)
        transfer.write(self.origin, folder)
