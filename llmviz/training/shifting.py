"""Texts whose labels are their own tokens, moved by one place, and what a model makes of them: shared by all that a GPT learns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from llmviz.models import fast
from llmviz.text.masks import IGNORED
from llmviz.text.special import FIRST, PAD, SEP
from llmviz.training.texts import Ids, padded

AT_ONCE = 64  # texts in one forward pass of an evaluation

Asked = tuple[Ids, Ids]  # texts, and what is to be named where; both (texts, longest)


@dataclass(frozen=True)
class TextBatch:
    """Texts and what is to be named where: two tensors (batch, n); labels are the tokens themselves, -100 where nothing is asked."""

    input_ids: torch.Tensor
    labels: torch.Tensor

    @property
    def tokens(self) -> int:
        """Tokens the model reads, padding left out."""
        return int((self.input_ids != PAD).sum())


def questions(texts: Sequence[Ids]) -> Asked:
    """The texts padded to one length, and the tokens to name: all but unknown words and the first, which nothing precedes."""
    ids = padded(texts)
    labels = np.where((ids == SEP) | (ids >= FIRST), ids, IGNORED)
    labels[:, 0] = IGNORED
    return ids, labels


def asked(texts: Sequence[Ids], context: int) -> list[Asked]:
    """Held-out texts as far as a model reads, in batches of like lengths. No [SEP] closes what is cut: the text does not end there."""
    ordered = sorted((ids[:context] for ids in texts), key=len)
    return [questions(ordered[first : first + AT_ONCE]) for first in range(0, len(ordered), AT_ONCE)]


def tensors(model: PreTrainedModel, ids: Ids, labels: Ids) -> TextBatch:
    """The batch where the model is."""
    return TextBatch(*(torch.from_numpy(array).to(model.device) for array in (ids, labels)))


def guess(model: PreTrainedModel, batch: TextBatch) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits for the targets, row by row, and the tokens themselves: (targets, vocabulary), (targets)."""
    input_ids, labels = batch.input_ids[:, :-1], batch.labels[:, 1:]  # the labels are the inputs, shifted by one: what comes next
    targets = labels != IGNORED
    return fast.causal_logits(model, input_ids, targets), labels[targets]


@torch.no_grad()
def measured(model: PreTrainedModel, texts: Sequence[Asked]) -> dict[str, float]:
    """Loss and accuracy on the targets of these texts."""
    losses, hits = [], []
    for part in texts:
        logits, truth = guess(model, tensors(model, *part))
        losses.append(cross_entropy(logits, truth, reduction="none"))
        hits.append(logits.argmax(-1) == truth)
    return {"loss": torch.cat(losses).mean().item(), "accuracy": torch.cat(hits).float().mean().item()}
