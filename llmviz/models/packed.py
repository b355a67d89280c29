"""Texts of unlike lengths, read without their padding.

All of a transformer but attention treats every token alone. So the tokens of a batch go through its layers end to end, as (tokens, width),
and stand in rows only where they look at each other. What the last layer makes of places that nobody asks about is left out too. The
layers are transformers' own modules, and what comes out is what its own forward pass gives: here a step merely computes nothing in vain.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch.nn.functional import scaled_dot_product_attention


@dataclass(frozen=True, eq=False)
class Layout:
    """How tokens that lie end to end stand in rows: closed up to the left, in their order.

    `index` (tokens) are their places in all rows end to end; `columns` (tokens) where in its text each stood before.
    """

    rows: int
    length: int
    index: torch.Tensor
    columns: torch.Tensor

    @classmethod
    def of(cls, chosen: torch.Tensor) -> "Layout":
        """The tokens where `chosen` (batch, n) is True, row by row."""
        row, columns = chosen.nonzero(as_tuple=True)
        within = (chosen.cumsum(1) - 1)[chosen]
        length = int(within.max()) + 1 if len(within) else 0
        return cls(len(chosen), length, row * length + within, columns)

    @property
    def whole(self) -> bool:
        """No row is shorter than another."""
        return len(self.index) == self.rows * self.length

    @cached_property
    def mask(self) -> torch.Tensor:
        """Where tokens stand: (rows, length), True or False."""
        found = torch.zeros(self.rows * self.length, dtype=torch.bool, device=self.index.device)
        found[self.index] = True
        return found.view(self.rows, self.length)

    def in_rows(self, states: torch.Tensor, heads: int) -> torch.Tensor:
        """States (tokens, width), or (tokens, heads, width of one), as attention takes them: (rows, heads, length, width of one)."""
        flat = states.flatten(1)
        if not self.whole:
            flat = flat.new_zeros(self.rows * self.length, flat.shape[1]).index_copy(0, self.index, flat)
        return flat.view(self.rows, self.length, heads, flat.shape[1] // heads).transpose(1, 2)

    def end_to_end(self, found: torch.Tensor) -> torch.Tensor:
        """What attention found (rows, heads, length, width of one), token by token: (tokens, width)."""
        flat = found.transpose(1, 2).flatten(2).flatten(0, 1)
        return flat if self.whole else flat[self.index]


def attend(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    heads: int,
    asking: Layout,
    read: Layout,
    *,
    causal: bool = False,
    bias: torch.Tensor | None = None,
    scale: float | None = None,
) -> torch.Tensor:
    """What each token finds where it looks: queries (tokens asking, width), keys and values (tokens read, width); (tokens asking, width).

    Causal, nothing is hidden but what comes later: what stands behind the end of a text cannot be seen from before it. Where there is a
    `bias` (rows or 1, heads, asking, read), it is added to the scores, and `unseen` has to be part of it: then nothing else is hidden.
    `scale` is what scores are multiplied with, otherwise 1/√(width of a head).
    """
    queries, keys, values = asking.in_rows(query, heads), read.in_rows(key, heads), read.in_rows(value, heads)
    if bias is None:
        seen = None if causal or read.whole else read.mask[:, None, None, :].expand(-1, 1, asking.length, -1)
        found = scaled_dot_product_attention(queries, keys, values, attn_mask=seen, is_causal=causal, scale=scale)
    else:  # torch's fused forms learn no bias; what it does instead takes twice as long, looking for tokens that see nothing
        scale = queries.shape[-1] ** -0.5 if scale is None else scale
        found = torch.add(bias, queries @ keys.mT, alpha=scale).softmax(-1) @ values
    return asking.end_to_end(found)


def unseen(read: Layout, causal: bool) -> torch.Tensor:
    """What hides tokens when it is added to scores, −∞, and 0 where there is something to see: (rows or 1, 1, asking or 1, read).

    What comes later is hidden from who reads in order, and from others what stands behind the end of a text.
    """
    if causal:
        return torch.full((1, 1, read.length, read.length), -torch.inf, device=read.index.device).triu(1)
    return torch.zeros(read.mask.shape, device=read.mask.device).masked_fill(~read.mask, -torch.inf)[:, None, None]
