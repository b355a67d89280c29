"""How one token is drawn from logits: transformers' own filters, one by one and in its order, then a draw. Knows no model."""

from collections.abc import Iterator
from typing import Any

import torch
from transformers import RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from llmviz.text.special import FIRST, SEP

NEVER = [id for id in range(FIRST) if id != SEP]  # special tokens that no text holds, whatever a model makes of them
_NEVER = torch.tensor(NEVER)
COLD = 1e-3  # a lower temperature is taken for 0: dividing by it would leave float32


def possible(logits: torch.Tensor) -> torch.Tensor:
    """The logits without the special tokens that no text holds."""
    return logits.index_fill(-1, _NEVER, -torch.inf)


def filtered(
    logits: torch.Tensor, read: torch.Tensor, repetition_penalty: float, temperature: float, top_k: int, top_p: float
) -> Iterator[torch.Tensor]:
    """The logits (row, vocabulary) as they are, and after each filter: penalty, temperature, top-k, top-p.

    `read` (row, n) are the tokens read so far, which the penalty is for. A penalty of 1 is none; a `top_k` of 0
    and a `top_p` of 1 keep all. A token that a filter takes away gets −inf.
    """
    ids: Any = read
    yield logits
    yield (logits := RepetitionPenaltyLogitsProcessor(float(repetition_penalty))(ids, logits) if repetition_penalty != 1 else logits)
    yield (logits := TemperatureLogitsWarper(float(temperature))(ids, logits) if temperature >= COLD else likeliest(logits))
    yield (logits := TopKLogitsWarper(top_k)(ids, logits) if top_k else logits)
    yield TopPLogitsWarper(float(top_p))(ids, logits) if top_p < 1 else logits


def likeliest(logits: torch.Tensor) -> torch.Tensor:
    """What is left at the limit of temperature 0: one token, also where several are equally likely."""
    others = torch.ones_like(logits, dtype=torch.bool).scatter(-1, logits.argmax(-1, keepdim=True), False)
    return logits.masked_fill(others, -torch.inf)


def drawn(chances: torch.Tensor, draw: float) -> tuple[torch.Tensor, torch.Tensor]:
    """The token (…) on which a number from 0 to 1 falls when the chances (…, vocabulary) are laid end to end, the largest first.

    With it, where the part of each token begins: (…, vocabulary).
    """
    ordered, places = chances.sort(dim=-1, descending=True, stable=True)
    ends = ordered.cumsum(-1)
    fallen = torch.searchsorted(ends, draw * ends[..., -1:], right=True)  # rounding may leave the sum short of 1
    last = (ordered > 0).sum(-1, keepdim=True) - 1
    return places.gather(-1, fallen.minimum(last))[..., 0], torch.empty_like(ends).scatter(-1, places, ends - ordered)


def draws(seed: int, count: int) -> list[float]:
    """So many numbers from 0 to 1, the same for the same seed, from a generator of their own."""
    found: list[float] = torch.rand(count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).tolist()
    return found
