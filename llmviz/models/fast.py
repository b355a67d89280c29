"""The same results sooner: forward passes of transformers' own modules that read no padding and predict only where asked.

All of a transformer but attention treats every token alone. So the tokens of a batch go through its layers end to end, as (tokens, width),
and stand in rows only where they look at each other. What the last layer makes of places that nobody asks about is left out too. The
layers are transformers' own modules; tests hold what comes out here to be what its own forward pass gives.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import PreTrainedModel
from transformers.models.gpt_neox.modeling_gpt_neox import apply_rotary_pos_emb


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

    @property
    def order(self) -> torch.Tensor:
        """Which token of its text each is, wherever in its row the text began: (tokens)."""
        return self.index % max(1, self.length)

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


def masked_states(
    model: PreTrainedModel,
    input_ids: torch.Tensor,
    attention_mask: torch.Tensor,
    places: torch.Tensor,
    token_type_ids: torch.Tensor | None = None,
) -> torch.Tensor:
    """The encoder's last hidden states where `places` (batch, n) is True, row by row: (number of places, width).

    A step is the shorter for all that it leaves out: padding, and in the last layer every place without a loss, most of its work.
    """
    base: Any = model.base_model
    heads = model.config.num_attention_heads
    real = attention_mask.bool()
    read, asked = Layout.of(real), Layout.of(places)
    states: torch.Tensor = base.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)[real]
    turns = _turns(base, input_ids.shape[1])
    layers = list(base.encoder.layer)
    for layer in layers:
        asking, own = (asked, states[places[real]]) if layer is layers[-1] else (read, states)
        attention = layer.attention.self
        query, key, value = attention.query(own), attention.key(states), attention.value(states)
        if turns is not None:
            query, key = _turned(query, turns[asking.columns], heads), _turned(key, turns[read.columns], heads)
        found = layer.attention.output(attend(query, key, value, heads, asking, read), own)
        states = layer.output(layer.intermediate(found), found)
    return states


def _turns(base: Any, length: int) -> torch.Tensor | None:
    """RoFormer's rotations, as complex numbers: (length, 1, half the width of a head). None for BERT, whose places are learnt."""
    if not hasattr(base.encoder, "embed_positions"):
        return None
    sine, cosine = base.encoder.embed_positions.weight[:length].chunk(2, dim=-1)
    return torch.complex(cosine, sine)[:, None]


def _turned(states: torch.Tensor, turns: torch.Tensor, heads: int) -> torch.Tensor:
    """Queries or keys (tokens, width), each pair of numbers turned by its token's rotations (Su et al. 2021, section 3.2.2)."""
    pairs = torch.view_as_complex(states.unflatten(1, (heads, -1, 2)))
    return torch.view_as_real(pairs * turns).flatten(1)


def masked_logits(model: PreTrainedModel, input_ids: torch.Tensor, attention_mask: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Logits where `places` (batch, n) is True, row by row: (number of places, vocabulary).

    At small widths the projection onto the vocabulary is a large part of a step, so it is taken only where a loss is.
    """
    head: torch.nn.Module = model.get_submodule("cls.predictions")
    logits: torch.Tensor = head(masked_states(model, input_ids, attention_mask, places))
    return logits


def causal_logits(
    model: PreTrainedModel, input_ids: torch.Tensor, places: torch.Tensor, attention_mask: torch.Tensor | None = None
) -> torch.Tensor:
    """Logits at the `places` (batch, n) that are True, of the token that comes next: (number of places, vocabulary), row by row.

    What stands behind a text's last place is not read. Texts begin in the first column, or else where an attention mask says so.
    """
    before = places.flip(1).cumsum(1).flip(1) > 0
    if attention_mask is not None:
        before &= attention_mask.bool()
    read = Layout.of(before)
    states = {"gpt_neox": _read_by_neox, "gpt2": _read_by_gpt2}[model.config.model_type](model.base_model, input_ids[before], read)
    head: torch.nn.Module = model.get_output_embeddings()
    logits: torch.Tensor = head(states[places[before]])
    return logits


def _read_by_neox(base: Any, ids: torch.Tensor, read: Layout) -> torch.Tensor:
    """Last hidden states of tokens that lie end to end: (tokens), (tokens, width)."""
    heads = base.config.num_attention_heads
    states: torch.Tensor = base.embed_in(ids)
    cosine, sine = (part[0] for part in base.rotary_emb(states, position_ids=read.order[None]))
    for layer in base.layers:
        query, key, value = layer.attention.query_key_value(layer.input_layernorm(states)).view(len(ids), heads, -1).chunk(3, dim=-1)
        query, key = apply_rotary_pos_emb(query, key, cosine, sine)
        found = layer.attention.dense(attend(query, key, value, heads, read, read, causal=True))
        inner = states if layer.use_parallel_residual else states + found
        states = states + found + layer.mlp(layer.post_attention_layernorm(inner))
    last: torch.Tensor = base.final_layer_norm(states)
    return last


def _read_by_gpt2(base: Any, ids: torch.Tensor, read: Layout) -> torch.Tensor:
    """Last hidden states of tokens that lie end to end: (tokens), (tokens, width)."""
    heads = base.config.num_attention_heads
    states: torch.Tensor = base.wte(ids) + base.wpe(read.order)
    for block in base.h:
        query, key, value = block.attn.c_attn(block.ln_1(states)).chunk(3, dim=-1)
        states = states + block.attn.c_proj(attend(query, key, value, heads, read, read, causal=True))
        states = states + block.mlp(block.ln_2(states))
    last: torch.Tensor = base.ln_f(states)
    return last
