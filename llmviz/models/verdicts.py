"""How a classifier reads a text: some closing words are put after it, and the verdict is taken in the gap they leave.

A model that was pretrained on naming words has its knowledge where it would name one. So the new head looks there: a BERT's at the
[MASK] of the closing words, a GPT's after the last of them, where the next word would come (Schick and Schütze 2021, section 3.1).
"""

from collections.abc import Sequence

import torch
from transformers import PreTrainedConfig

from llmviz.text.special import CLS, MASK, SEP


def closed(ids: Sequence[int], config: PreTrainedConfig) -> list[int]:
    """A text, given without special tokens, as the classifier of this configuration reads it; cut where it would be too long."""
    closing: list[int] = config.closing
    most = room(config)
    return [CLS, *ids[:most], *closing, *([SEP] if MASK in closing else [])]


def room(config: PreTrainedConfig) -> int:
    """How many tokens a text may have, special tokens left out."""
    positions: int = config.max_position_embeddings
    return positions - 2 - len(config.closing)


def verdicts(logits: torch.Tensor, input_ids: torch.Tensor, config: PreTrainedConfig) -> torch.Tensor:
    """The logits of the classes, (…, batch, class), out of what the model of this configuration gives for these inputs (batch, n).

    A GPT's classifier gives just them; a BERT's gives (…, batch, n, class), of which those at the last [MASK] count.
    """
    if MASK not in config.closing:
        return logits
    places = torch.arange(input_ids.shape[1]).to(input_ids.device)
    gap = torch.where(input_ids == MASK, places, 0).amax(1)  # (batch,)
    return logits[..., torch.arange(len(gap)).to(gap.device), gap, :]
