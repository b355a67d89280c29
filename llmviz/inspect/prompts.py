"""Prompts with examples, and whether a model goes on with the right word: measured while it trains, and asked again by its page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.models import fast
from llmviz.text.special import CLS, PAD
from llmviz.text.tinyland.few_shot import Case
from llmviz.text.tinyland.lists import Shot

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Prompts:
    """Prompts as ids that end where the answer comes, padded behind, and the answers: (prompts, longest), (prompts)."""

    input_ids: Ids
    truth: Ids

    @classmethod
    def of(cls, tokenizer: Tokenizer, shots: Sequence[Shot | Case]) -> "Prompts":
        """These prompts in the words of this tokenizer."""
        read = [[CLS, *tokenizer.encode(shot.text, add_special_tokens=False).ids] for shot in shots]
        ids = np.full((len(read), max(map(len, read))), PAD)
        for row, prompt in zip(ids, read, strict=True):
            row[: len(prompt)] = prompt
        return cls(ids, np.array([tokenizer.token_to_id(shot.value) for shot in shots]))


@torch.no_grad()
def logits(model: PreTrainedModel, input_ids: Ids) -> torch.Tensor:
    """What comes next after each prompt: (prompts, vocabulary)."""
    ids = torch.from_numpy(input_ids).to(model.device)
    last = torch.zeros_like(ids, dtype=torch.bool)
    last[torch.arange(len(ids)), (ids != PAD).sum(1) - 1] = True
    return fast.causal_logits(model, ids, last)


def named(model: PreTrainedModel, prompts: Prompts) -> torch.Tensor:
    """Which of the prompts are gone on with right by the likeliest token: 1 or 0, (prompts)."""
    return (logits(model, prompts.input_ids).argmax(-1).cpu() == torch.from_numpy(prompts.truth)).float()
