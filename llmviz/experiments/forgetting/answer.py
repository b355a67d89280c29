"""One sentence through every snapshot of a fine-tuned model with its old head put back."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import torch
from transformers import PreTrainedModel

from llmviz.core.questions.cloze import Cloze, Trace
from llmviz.experiments.forgetting.question import Recall
from llmviz.inspect import masked
from llmviz.models import old_head

KEPT = 64  # models, of 0.5 MB each at the smallest size: those of two runs


def answer(folders: Mapping[int, Path], question: Recall) -> list[Trace]:
    """The traces of the sentence, in the order of the steps.

    Raises ValueError, in a sentence, where there is nothing to read, too much, or no old head.
    """
    return masked.traces(folders, Cloze(question.text, question.hidden, question.top), _logits)


@torch.no_grad()
def _logits(folders: Sequence[Path], input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    """Logits (snapshot, batch, n, vocabulary) of inputs (batch, n)."""
    return torch.stack([_model(folder)(input_ids=input_ids, attention_mask=attention_mask).logits for folder in folders])


@lru_cache(maxsize=KEPT)
def _model(folder: Path) -> PreTrainedModel:
    return old_head.load(folder)
