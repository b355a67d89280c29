"""Texts with words hidden, as tensors, and what a model makes of them: shared by who pretrains on a text and who goes on with another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.models import fast
from llmviz.text.masks import IGNORED, hide
from llmviz.text.special import MASK, PAD, SEP
from llmviz.training.texts import Ids, padded

EVALUATION_RATE = 0.15  # the same for every run, whatever its own mask rate, so that losses compare

Hidden = tuple[Ids, Ids]  # ids with places hidden and the labels there, both (texts, longest)


@dataclass(frozen=True)
class MaskedBatch:
    """Corrupted texts and what stood there: three tensors (batch, n); labels are -100 where nothing is to be guessed."""

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    labels: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int(self.attention_mask.sum())


def special(ids: Ids) -> npt.NDArray[np.bool_]:
    """Where a token is never a target: padding, [CLS], [SEP]. An unknown word is none either: there is nothing to name."""
    return ids < MASK


def cut(ids: Ids, context: int) -> Ids:
    """The text's beginning, as far as the model reads, closed by [SEP]."""
    return ids if len(ids) <= context else np.append(ids[: context - 1], SEP)


def hidden(texts: Sequence[Ids], context: int) -> list[Hidden]:
    """Held-out texts with fixed places hidden, all by [MASK], in batches of like lengths."""
    ordered = sorted((cut(ids, context) for ids in texts), key=len)
    rng = np.random.default_rng(0)
    groups = [padded(ordered[first : first + 64]) for first in range(0, len(ordered), 64)]
    return [hide(ids, special(ids), EVALUATION_RATE, rng) for ids in groups]


def tensors(model: PreTrainedModel, corrupted: Ids, labels: Ids) -> MaskedBatch:
    """The batch where the model is."""
    arrays = (corrupted, (corrupted != PAD).astype(np.int64), labels)
    return MaskedBatch(*(torch.from_numpy(array).to(model.device) for array in arrays))


def guess(model: PreTrainedModel, batch: MaskedBatch) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits at the targets, row by row, and the words that stood there: (targets, vocabulary), (targets)."""
    targets = batch.labels != IGNORED
    return fast.masked_logits(model, batch.input_ids, batch.attention_mask, targets), batch.labels[targets]


@torch.no_grad()
def measured(model: PreTrainedModel, texts: Sequence[Hidden]) -> dict[str, float]:
    """Loss and accuracy on the hidden words of these texts."""
    losses, hits = [], []
    for part in texts:
        logits, truth = guess(model, tensors(model, *part))
        losses.append(cross_entropy(logits, truth, reduction="none"))
        hits.append(logits.argmax(-1) == truth)
    return {"loss": torch.cat(losses).mean().item(), "accuracy": torch.cat(hits).float().mean().item()}
