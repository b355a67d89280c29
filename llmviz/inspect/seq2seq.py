"""Some snapshots of a T5 that have read one text and write, side by side: probabilities behind what stands, and beam search."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch.func import functional_call, vmap

from llmviz.inspect import snapshots
from llmviz.inspect.sampling import possible
from llmviz.text.special import PAD

Ids = tuple[int, ...]


class Decoders:
    """Some snapshots that have read one text and write, each on its own."""

    def __init__(self, folders: Sequence[Path], given: Ids) -> None:
        self._model, self._weights = snapshots.stacked(folders)
        self._count = len(folders)
        ids = torch.tensor([given])

        def encode(weights: snapshots.Weights) -> torch.Tensor:
            inputs = {"input_ids": ids, "decoder_input_ids": torch.full((1, 1), PAD), "use_cache": False}
            states: torch.Tensor = functional_call(self._model, weights, kwargs=inputs, tie_weights=True).encoder_last_hidden_state
            return states

        with torch.no_grad():
            self._states = vmap(encode)(self._weights)  # (snapshot, 1, n, width)

    @torch.no_grad()
    def read(self, before: Sequence[Sequence[Ids]]) -> tuple[list[list[torch.Tensor]], torch.Tensor]:
        """For each snapshot and each row of tokens, what stands before the first one ([PAD]) left out: ln p of every token behind each.

        Tensors (tokens + 1, vocabulary); and where the last layer looked, mean over its heads: (snapshot, row, longest, n).
        """
        rows = max(map(len, before))
        longest = max(len(ids) for some in before for ids in some) + 1
        ids = torch.full((self._count, rows, longest), PAD)
        for place, some in enumerate(before):
            for row, tokens in enumerate(some):
                ids[place, row, 1 : len(tokens) + 1] = torch.tensor(tokens, dtype=torch.long)

        def decode(weights: snapshots.Weights, states: torch.Tensor, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            inputs = {
                "encoder_outputs": (states.expand(len(ids), -1, -1),),
                "decoder_input_ids": ids,
                "use_cache": False,
                "output_attentions": True,
            }
            found = functional_call(self._model, weights, kwargs=inputs, tie_weights=True)
            return found.logits, found.cross_attentions[-1].mean(1)

        logits, cross = vmap(decode)(self._weights, self._states, ids)
        likely = possible(logits).log_softmax(-1)
        return [[likely[place, row, : len(tokens) + 1] for row, tokens in enumerate(some)] for place, some in enumerate(before)], cross


@dataclass
class Search:
    """Beam search in one snapshot behind tokens that stand: the answers it follows, and those that are closed, each with its ln p."""

    behind: Ids
    beams: list[tuple[Ids, float]] = field(default_factory=lambda: [((), 0.0)])
    closed: list[tuple[Ids, float]] = field(default_factory=list)

    def look(self, likely: Sequence[torch.Tensor], closing: list[int], width: int) -> None:
        """One token further, from ln p (vocabulary) behind each beam."""
        found: list[tuple[Ids, float, bool]] = [(ids, score, True) for ids, score in self.closed]
        for (ids, score), row in zip(self.beams, likely, strict=True):
            found.append((ids, score + row[closing].logsumexp(0).item(), True))  # whichever of them it is, the answer is closed
            best = row.index_fill(0, torch.tensor(closing), -torch.inf).topk(width)
            further = zip(best.indices.tolist(), best.values.tolist(), strict=True)
            found += [((*ids, id), score + chance, False) for id, chance in further if math.isfinite(chance)]
        kept = sorted(found, key=lambda each: -each[1])[:width]
        self.closed = [(ids, score) for ids, score, ended in kept if ended]
        self.beams = [(ids, score) for ids, score, ended in kept if not ended]


def run(writer: Decoders, searches: Sequence[Sequence[Search]], closing: list[int], width: int, most: int) -> None:
    """Search in all snapshots in step with one another, until all answers are closed or `most` tokens are written."""
    for _ in range(most):
        rows = [[(*search.behind, *ids) for search in some for ids, _ in search.beams] for some in searches]
        if not any(rows):
            return
        likely, _ = writer.read(rows)
        for some, found in zip(searches, likely, strict=True):
            last = iter(row[-1] for row in found)
            for search in some:
                search.look([next(last) for _ in search.beams], closing, width)


def best(search: Search) -> tuple[Ids, bool]:
    """The likeliest answer, a closed one where there is any."""
    ids, _ = max(search.closed or search.beams, key=lambda each: each[1])
    return ids, bool(search.closed)
