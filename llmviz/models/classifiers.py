"""How a classifier reads a text, and where its new head reads the label off: a linear layer on the encoder's last hidden states.

A BERT's head reads their mean over the tokens, [CLS] and [SEP] among them. Being linear, it gives the same whether states or logits are
averaged, so the model is a token classifier of transformers and the mean is taken of its logits. A GPT's reads the last token, the only one
that has seen all the others (GPT-1, Radford et al. 2018, section 3.2).
"""

from collections.abc import Sequence

import torch
from transformers import PreTrainedConfig

from llmviz.models.classes import CAUSAL
from llmviz.text.special import CLS, PAD, SEP


def framed(ids: Sequence[int], config: PreTrainedConfig) -> list[int]:
    """A text, given without special tokens, as the classifier of this configuration reads it; cut where it would be too long."""
    end = [] if config.model_type in CAUSAL else [SEP]
    return [CLS, *ids[: room(config)], *end]


def room(config: PreTrainedConfig) -> int:
    """How many tokens a text may have, special tokens left out."""
    positions: int = config.max_position_embeddings
    return positions - 2


def class_logits(logits: torch.Tensor, input_ids: torch.Tensor, config: PreTrainedConfig) -> torch.Tensor:
    """The logits of the classes, (…, batch, class), out of what the model of this configuration gives for these inputs (batch, n).

    A GPT's classifier gives just them; a BERT's gives (…, batch, n, class), of which the mean over a text's tokens counts.
    """
    if config.model_type in CAUSAL:
        return logits
    there = (input_ids != PAD).to(logits.dtype)[..., None]  # (batch, n, 1)
    return (logits * there).sum(-2) / there.sum(-2)
