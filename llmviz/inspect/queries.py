"""The queries and keys behind a model's attention, as they are when they meet: where positions are rotary, after the rotation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, eager_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.models.roformer.modeling_roformer import RoFormerSelfAttention

from llmviz.inspect import snapshots

NAME = "llmviz_seen"  # of our attention among those a model of transformers can be told to use


@torch.no_grad()
def queries_and_keys(folder: Path, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Queries and keys (layer, head, n, size) of one input (1, n); softmax(query · key / √size) is the attention."""
    model = snapshots.model(folder)
    seen = _watch(model)
    model(input_ids=input_ids, attention_mask=torch.ones_like(input_ids))
    queries, keys = zip(*seen, strict=True)
    return torch.cat(queries), torch.cat(keys)


def _watch(model: PreTrainedModel) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The list to which each layer will add its queries and keys when the model is called."""
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    for module in model.modules():
        module.llmviz_seen = seen  # type: ignore[assignment] # a module takes any attribute
        if isinstance(module, RoFormerSelfAttention):  # the one here that does not let its attention be chosen
            _put_before(module, seen)
    model.config._attn_implementation = NAME
    return seen


def _put_before(module: Any, seen: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    rotate: Callable[..., tuple[torch.Tensor, torch.Tensor]] = module.apply_rotary_position_embeddings

    def rotated(*given: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        seen.append(rotate(*given))
        return seen[-1]

    module.apply_rotary_position_embeddings = rotated


def _attention(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attention_mask: torch.Tensor | None, **_: Any
) -> tuple[torch.Tensor, torch.Tensor]:
    """Ordinary attention, which shows its queries and keys (batch, head, n, size) to whoever watches."""
    module.llmviz_seen.append((query, key))
    scores = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5
    weights = (scores if attention_mask is None else scores + attention_mask).softmax(-1)
    return (weights @ value).transpose(1, 2), weights


ALL_ATTENTION_FUNCTIONS.register(NAME, _attention)
ALL_MASK_ATTENTION_FUNCTIONS.register(NAME, eager_mask)
