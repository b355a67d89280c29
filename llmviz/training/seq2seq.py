"""What all training of an encoder-decoder has in common: its batches, and what a person sees of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from llmviz.text.masks import IGNORED
from llmviz.text.special import PAD
from llmviz.training.exercises import exercises
from llmviz.training.stage import Exercise
from llmviz.training.texts import Ids, padded


@dataclass(frozen=True)
class Seq2SeqBatch:
    """What is read (batch, n), and what is to be written (batch, m), both padded."""

    input_ids: torch.Tensor
    target: torch.Tensor

    @classmethod
    def of(cls, pairs: Sequence[tuple[Ids, Ids]], device: torch.device) -> "Seq2SeqBatch":
        """These pairs of what is read and what is to be written."""
        read, written = (torch.from_numpy(padded(ids)).to(device) for ids in zip(*pairs, strict=True))
        return cls(read, written)

    @property
    def tokens(self) -> int:
        """Tokens the model reads and writes, padding left out."""
        return int((self.input_ids != PAD).sum() + (self.target != PAD).sum())

    def exercises(self, choices: Sequence[str]) -> list[Exercise]:
        """Each text, and behind it what is to be written: every token from all that stands before it."""
        whole = torch.cat([self.input_ids, self.target], 1)
        said = torch.cat([torch.full_like(self.input_ids, IGNORED), self.target.masked_fill(self.target == PAD, IGNORED)], 1)
        order = (whole == PAD).int().argsort(stable=True, dim=1)  # no padding between the two
        return exercises(whole.gather(1, order), said.gather(1, order), choices)
