"""How one token is drawn from logits: filters in the order of transformers, then a draw. Pure functions; knows no model.

Shapes: logits are (…, vocabulary); a token that a filter takes away gets −inf.
"""

from collections.abc import Iterator

import torch

COLD = 1e-3  # a lower temperature is taken for 0: dividing by it would leave float32


def penalised(logits: torch.Tensor, seen: torch.Tensor, penalty: float) -> torch.Tensor:
    """Logits of tokens already `seen` (…, vocabulary, bool), divided by the penalty where positive, multiplied where negative."""
    return torch.where(seen, torch.where(logits < 0, logits * penalty, logits / penalty), logits)


def heated(logits: torch.Tensor, temperature: float) -> torch.Tensor:
    """Logits divided by the temperature. At 0, the limit, only the likeliest token is left."""
    if temperature >= COLD:
        return logits / temperature
    others = torch.ones_like(logits, dtype=torch.bool).scatter(-1, logits.argmax(-1, keepdim=True), False)
    return logits.masked_fill(others, -torch.inf)


def top_k(logits: torch.Tensor, count: int) -> torch.Tensor:
    """Only the `count` likeliest tokens; 0, or more than there are, keeps all."""
    if not 0 < count < logits.shape[-1]:
        return logits
    last = logits.topk(count).values[..., -1:]
    return logits.masked_fill(logits < last, -torch.inf)


def top_p(logits: torch.Tensor, share: float) -> torch.Tensor:
    """Only the fewest likeliest tokens that together have this share of the probability, at least one (nucleus sampling)."""
    if share >= 1:
        return logits
    ordered, places = logits.sort()  # ascending, as in transformers, so that ties fall alike
    unlikely = ordered.softmax(-1).cumsum(-1) <= 1 - share
    unlikely[..., -1] = False
    return logits.masked_fill(torch.empty_like(unlikely).scatter(-1, places, unlikely), -torch.inf)


def filtered(
    logits: torch.Tensor, seen: torch.Tensor, repetition_penalty: float, temperature: float, top_k_count: int, top_p_share: float
) -> Iterator[torch.Tensor]:
    """The logits as they are, and after each filter: penalty, temperature, top-k, top-p."""
    yield logits
    yield (logits := penalised(logits, seen, repetition_penalty))
    yield (logits := heated(logits, temperature))
    yield (logits := top_k(logits, top_k_count))
    yield top_p(logits, top_p_share)


def drawn(chances: torch.Tensor, draw: float) -> tuple[torch.Tensor, torch.Tensor]:
    """The token (…) on which a number from 0 to 1 falls when the chances (…, vocabulary) are laid end to end, the largest first.

    With it, where the part of each token begins: (…, vocabulary).
    """
    ordered, places = chances.sort(dim=-1, descending=True, stable=True)
    ends = ordered.cumsum(-1)
    fallen = (ends <= draw * ends[..., -1:]).sum(-1, keepdim=True)  # rounding may leave the sum short of 1
    last = (ordered > 0).sum(-1, keepdim=True) - 1
    return places.gather(-1, fallen.minimum(last))[..., 0], torch.empty_like(ends).scatter(-1, places, ends - ordered)


def draws(seed: int, count: int) -> list[float]:
    """So many numbers from 0 to 1, the same for the same seed, from a generator of their own."""
    found: list[float] = torch.rand(count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).tolist()
    return found
