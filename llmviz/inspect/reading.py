"""Causal language models read on, token by token, in many snapshots at once: what has been read is kept and not read again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import torch
from torch.func import functional_call, vmap
from transformers import DynamicCache

from llmviz.inspect import snapshots

TOGETHER = 16  # snapshots that read in one pass: more are no faster each, and their stacked weights take memory

Past = tuple[tuple[torch.Tensor, torch.Tensor], ...]  # keys and values of each layer: (snapshot, batch, head, n, width of a head)


class Reader(Protocol):
    """Some snapshots of one run, and what each has read so far."""

    def read(self, ids: torch.Tensor, rows: torch.Tensor | None = None) -> torch.Tensor:
        """Logits (snapshot, batch, n, vocabulary) after each of the further tokens (snapshot, batch, n).

        They go on from what the batch has read so far, or from these `rows` (snapshot, batch) of it.
        """


def reader(folders: Sequence[Path]) -> Reader:
    """A reader that has read nothing yet."""
    return _One(folders[0]) if len(folders) == 1 else _Many(folders)


class _One:
    """A single snapshot, read as it is: as a stack of one it would have a quarter of the speed."""

    def __init__(self, folder: Path) -> None:
        self._model = snapshots.whole(folder)
        self._cache = DynamicCache()

    @torch.no_grad()
    def read(self, ids: torch.Tensor, rows: torch.Tensor | None = None) -> torch.Tensor:
        if rows is not None:
            self._cache.batch_select_indices(rows[0])
        logits: torch.Tensor = self._model(input_ids=ids[0], past_key_values=self._cache, use_cache=True).logits
        return logits[None]


class _Many:
    """Snapshots whose weights are stacked, so that one pass goes through all."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._model, self._weights = snapshots.stacked(folders)
        self._past: Past = ()

    @torch.no_grad()
    def read(self, ids: torch.Tensor, rows: torch.Tensor | None = None) -> torch.Tensor:
        if rows is not None:
            snapshot = torch.arange(len(rows))[:, None]
            self._past = tuple((keys[snapshot, rows], values[snapshot, rows]) for keys, values in self._past)
        given = (ids, self._past) if self._past else (ids,)  # vmap takes no empty tuple
        logits: torch.Tensor
        logits, self._past = vmap(self._forward)(self._weights, *given)
        return logits

    def _forward(self, weights: snapshots.Weights, ids: torch.Tensor, past: Past = ()) -> tuple[torch.Tensor, Past]:
        cache = DynamicCache()
        for layer, (keys, values) in enumerate(past):
            cache.update(keys, values, layer)
        # Nothing is padding; GPT-2 not told so would look for it, which vmap forbids.
        mask = torch.ones(len(ids), cache.get_seq_length() + ids.shape[1], dtype=torch.long)
        inputs = {"input_ids": ids, "attention_mask": mask, "past_key_values": cache, "use_cache": True}
        logits: torch.Tensor = functional_call(self._model, weights, kwargs=inputs, tie_weights=True).logits
        return logits, tuple((layer.keys, layer.values) for layer in cache.layers)  # type: ignore[union-attr,misc] # all are dynamic
