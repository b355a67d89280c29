"""GPT-NeoX and GPT-2 with the weights of many models stacked: one pass reads a token in all of them, and nothing is read twice.

A token of a tiny model takes a dozen small products. transformers' own forward pass, carried through a stack by `vmap`, spends nine
tenths of its time around them. Sizes, norms, activations and rotations are still those of transformers' modules, and tests hold what comes
out here to be what its own forward pass gives.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional
from transformers import PreTrainedModel

Weights = Mapping[str, torch.Tensor]
Angles = tuple[torch.Tensor, torch.Tensor]


def known(model: PreTrainedModel) -> bool:
    """Whether a stack of models like this one can be read here."""
    config = model.config
    if config.model_type not in ("gpt_neox", "gpt2") or model.get_output_embeddings() is None:
        return False
    return config.model_type == "gpt2" or config.rope_parameters["rope_type"] == "default"  # others turn by how long the text is


@dataclass(frozen=True)
class _Linear:
    """Linear maps side by side: (model, in, out), and (model, 1, out)."""

    matrix: torch.Tensor
    bias: torch.Tensor | None

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        return states @ self.matrix if self.bias is None else torch.baddbmm(self.bias, states, self.matrix)


@dataclass(frozen=True)
class _Norm:
    """Layer norms side by side, each with a scale and a shift (model, 1, width)."""

    scale: torch.Tensor
    shift: torch.Tensor
    epsilon: float

    def __call__(self, states: torch.Tensor) -> torch.Tensor:
        return torch.addcmul(self.shift, torch.layer_norm(states, states.shape[-1:], eps=self.epsilon), self.scale)


@dataclass(frozen=True)
class _Block:
    """One layer: attention, then the feed-forward part, or in NeoX both at once, if `parallel`."""

    attention_norm: _Norm
    query_key_value: _Linear
    attention_output: _Linear
    inner_norm: _Norm
    inner: _Linear
    activation: Callable[[torch.Tensor], torch.Tensor]
    inner_output: _Linear
    scale: float  # of the scores
    parallel: bool


class Stack:
    """Models whose weights are stacked, (model, …) by name, and what each has read so far, in one or more rows."""

    def __init__(self, model: PreTrainedModel, weights: Weights) -> None:
        self._count = len(next(iter(weights.values())))
        self._each = torch.arange(self._count)[:, None]  # the models by number, (model, 1)
        self._heads = int(model.config.num_attention_heads)
        named = _Named(weights)
        body: Any = model.base_model
        self._neox = model.config.model_type == "gpt_neox"
        if self._neox:
            self._blocks = [_neox(named, f"gpt_neox.layers.{number}.", layer) for number, layer in enumerate(body.layers)]
            self._last = named.norm("gpt_neox.final_layer_norm", body.final_layer_norm)
            self._words = weights["gpt_neox.embed_in.weight"]
            self._rotation = _Rotation(model)
        else:
            self._blocks = [_gpt2(named, f"transformer.h.{number}.", block) for number, block in enumerate(body.h)]
            self._last = named.norm("transformer.ln_f", body.ln_f)
            self._words = weights["transformer.wte.weight"]
            self._places = weights["transformer.wpe.weight"]
        self._head = weights.get("lm_head.weight", self._words).mT  # (model, width, vocabulary); tied where it has no name of its own
        self._past: list[tuple[torch.Tensor, torch.Tensor]] = []  # of each layer keys and values (model * row, head, n, width of a head)
        self._length = 0

    def select(self, rows: torch.Tensor) -> None:
        """Go on from these rows (model, row) of what has been read."""
        before = len(self._past[0][0]) // self._count
        places = (before * self._each + rows).flatten()
        self._past = [(keys[places], values[places]) for keys, values in self._past]

    def read(self, ids: torch.Tensor) -> torch.Tensor:
        """Logits (model, row, n, vocabulary) after each of the further tokens (model, row, n)."""
        n = ids.shape[2]
        states = self._embedded(ids)  # (model, row * n, width)
        seen = torch.ones(n, self._length + n, dtype=torch.bool).tril(self._length) if n > 1 else None  # one token alone sees all
        angles = self._rotation.at(self._length, n) if self._neox else None
        for number, block in enumerate(self._blocks):
            query, key, value = self._parted(block.query_key_value(block.attention_norm(states)), n, angles)
            key, value = self._kept(number, key, value)
            found = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen, scale=block.scale)
            found = block.attention_output(found.transpose(1, 2).reshape(states.shape))
            inner = block.inner_norm(states if block.parallel else states + found)
            states = states + found + block.inner_output(block.activation(block.inner(inner)))
        self._length += n
        logits: torch.Tensor = (self._last(states) @ self._head).unflatten(1, ids.shape[1:])
        return logits

    def _embedded(self, ids: torch.Tensor) -> torch.Tensor:
        """Tokens (model, row, n) as vectors (model, row * n, width), each from its own model's table."""
        states = self._words[self._each, ids.flatten(1)]
        if self._neox:
            return states
        places = self._places.narrow(1, self._length, ids.shape[2])  # raises where there is no such place
        placed: torch.Tensor = states.unflatten(1, ids.shape[1:]) + places[:, None]
        return placed.flatten(1, 2)

    def _parted(self, mixed: torch.Tensor, n: int, angles: Angles | None) -> Sequence[torch.Tensor]:
        """Query, key and value, each (model * row, head, n, width of a head), of what stands side by side: (model, row * n, 3 * width)."""
        width = mixed.shape[-1] // (3 * self._heads)
        if angles is None:
            return mixed.view(-1, n, 3, self._heads, width).permute(2, 0, 3, 1, 4).unbind()
        parts = mixed.view(-1, n, self._heads, 3, width).permute(3, 0, 2, 1, 4)  # NeoX has them head by head
        query, key = self._rotation.turned(parts[:2], angles).unbind()
        return query, key, parts[2]

    def _kept(self, layer: int, key: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values of all that this layer has read, these last."""
        if not self._length:
            self._past.append((key, value))
        else:
            keys, values = self._past[layer]
            self._past[layer] = torch.cat((keys, key), 2), torch.cat((values, value), 2)
        return self._past[layer]


class _Rotation:
    """NeoX's rotary positions (Su et al. 2021): a number of a query or key is mixed with its partner, by an angle that its place gives."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._rotary = model.get_submodule("gpt_neox.rotary_emb")
        self._width = model.config.hidden_size // model.config.num_attention_heads
        self._table(1)

    def at(self, first: int, n: int) -> Angles:
        """Cosine and sine (n, width of a head) at these places."""
        if first + n > len(self._cosine):
            self._table(2 * (first + n))
        return self._cosine[first : first + n], self._sine[first : first + n]

    def turned(self, states: torch.Tensor, angles: Angles) -> torch.Tensor:
        """States (…, n, width of a head) as they are at their places."""
        cosine, sine = angles
        return torch.addcmul(states * cosine, states.index_select(-1, self._partners), sine)

    def _table(self, places: int) -> None:
        cosine, sine = (part[0] for part in self._rotary(torch.zeros(()), position_ids=torch.arange(places)[None]))
        numbers = cosine.shape[1]  # of a head that turn; the rest stays as it is
        half, rest = numbers // 2, self._width - numbers
        self._partners = torch.cat((torch.arange(numbers).roll(half), torch.arange(numbers, self._width)))
        self._cosine = functional.pad(cosine, (0, rest), value=1.0)  # (place, width of a head)
        self._sine = functional.pad(torch.cat((-sine[:, :half], sine[:, half:]), 1), (0, rest))


# Where transformers keeps what


@dataclass(frozen=True)
class _Named:
    """The parts of a model by the name of its module."""

    weights: Weights

    def linear(self, name: str) -> _Linear:
        """Of a Linear, which keeps its matrix as (out, in)."""
        bias = self.weights.get(f"{name}.bias")
        return _Linear(self.weights[f"{name}.weight"].mT, None if bias is None else bias[:, None])

    def conv(self, name: str) -> _Linear:
        """Of GPT-2's Conv1D, which keeps it as (in, out)."""
        return _Linear(self.weights[f"{name}.weight"], self.weights[f"{name}.bias"][:, None])

    def norm(self, name: str, module: torch.nn.LayerNorm) -> _Norm:
        """Of a LayerNorm."""
        return _Norm(self.weights[f"{name}.weight"][:, None], self.weights[f"{name}.bias"][:, None], module.eps)


def _neox(named: _Named, name: str, layer: Any) -> _Block:
    return _Block(
        named.norm(f"{name}input_layernorm", layer.input_layernorm),
        named.linear(f"{name}attention.query_key_value"),
        named.linear(f"{name}attention.dense"),
        named.norm(f"{name}post_attention_layernorm", layer.post_attention_layernorm),
        named.linear(f"{name}mlp.dense_h_to_4h"),
        layer.mlp.act,
        named.linear(f"{name}mlp.dense_4h_to_h"),
        layer.attention.scaling,
        layer.use_parallel_residual,
    )


def _gpt2(named: _Named, name: str, block: Any) -> _Block:
    return _Block(
        named.norm(f"{name}ln_1", block.ln_1),
        named.conv(f"{name}attn.c_attn"),
        named.conv(f"{name}attn.c_proj"),
        named.norm(f"{name}ln_2", block.ln_2),
        named.conv(f"{name}mlp.c_fc"),
        block.mlp.act,
        named.conv(f"{name}mlp.c_proj"),
        block.attn.scaling,
        parallel=False,
    )
