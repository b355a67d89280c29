"""Causal language models read on, token by token, in many snapshots at once: what has been read is kept and not read again."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import torch
from transformers import DynamicCache

from llmviz.inspect import snapshots
from llmviz.models import stacked
from llmviz.models.classes import LARGE

TOGETHER = 16  # snapshots that read in one pass: more are no faster each, and their stacked weights take memory
ROOM = 256_000_000  # bytes of weights in one pass: sixteen snapshots of 4 M parameters, of larger models fewer


class Reader(Protocol):
    """Some snapshots of one run, and what each has read so far."""

    def read(self, ids: torch.Tensor, rows: torch.Tensor | None = None) -> torch.Tensor:
        """Logits (snapshot, batch, n, vocabulary) after each of the further tokens (snapshot, batch, n).

        They go on from what the batch has read so far, or from these `rows` (snapshot, batch) of it.
        """


def together(folders: Mapping[int, Path]) -> Iterator[tuple[list[int], list[Path]]]:
    """Steps and folders of one run's snapshots, in the order of the steps, as many at a time as read in one pass."""
    steps = sorted(folders)
    count = max(1, min(TOGETHER, ROOM // (4 * snapshots.shape(folders[steps[0]]).num_parameters())))
    for first in range(0, len(steps), count):
        some = steps[first : first + count]
        yield some, [folders[step] for step in some]


def reader(folders: Sequence[Path]) -> Reader:
    """A reader that has read nothing yet."""
    shape = snapshots.shape(folders[0])
    if stacked.known(shape) and shape.num_parameters() <= LARGE:
        return _Stacked(folders)
    return _Each(folders)


class _Stacked:
    """Snapshots whose weights are stacked, so that one pass goes through all."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._stack = stacked.Stack(*snapshots.stacked(folders))

    @torch.inference_mode()
    def read(self, ids: torch.Tensor, rows: torch.Tensor | None = None) -> torch.Tensor:
        if rows is not None:
            self._stack.select(rows)
        return self._stack.read(ids)


class _Each:
    """Snapshots read by transformers, one after another: of a kind that is not stacked, or too large to be in memory twice."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._models = [(snapshots.whole(folder), DynamicCache()) for folder in folders]

    @torch.no_grad()
    def read(self, ids: torch.Tensor, rows: torch.Tensor | None = None) -> torch.Tensor:
        found = []
        for place, (model, cache) in enumerate(self._models):
            if rows is not None:
                cache.batch_select_indices(rows[place])
            found.append(model(input_ids=ids[place], past_key_values=cache, use_cache=True).logits)
        return torch.stack(found)
