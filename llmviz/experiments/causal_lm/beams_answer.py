"""Beam search: the likeliest whole continuations of a beginning, and every token that was looked at on the way."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from llmviz.experiments.causal_lm.question import Search, Tree
from llmviz.inspect import snapshots
from llmviz.inspect.generation import room_after
from llmviz.inspect.reading import Reader, reader, together
from llmviz.inspect.sampling import possible
from llmviz.inspect.writing import Vocabulary, vocabulary_of
from llmviz.text.special import CLS, FIRST, SEP
from llmviz.text.tokenizers import pieces

WIDEST, LONGEST = 8, 16  # a larger tree is slow to search and impossible to read


@dataclass(eq=False)
class Node:
    """One token after the tokens on the way to it. `chance` is its ln p, `score` the sum of these on the way."""

    parent: "Node | None"
    id: int
    chance: float
    score: float
    depth: int
    kept: bool = False
    greedy: bool = False


def answer(folders: Mapping[int, Path], question: Search) -> list[Tree]:
    """What each snapshot's search looked at, given as step -> folder, in the order of the steps.

    Raises ValueError, in a sentence, for a beginning that leaves no room or a search outside its bounds.
    """
    if not folders:
        return []
    if not (1 <= question.width <= WIDEST and 1 <= question.tokens <= LONGEST):
        raise ValueError(f"beam search follows 1 to {WIDEST} continuations of 1 to {LONGEST} tokens")
    first = folders[min(folders)]
    tokenizer = snapshots.tokenizer(first)
    vocabulary = vocabulary_of(tokenizer)
    beginning = [CLS, *(piece.id for piece in pieces(tokenizer, question.text))]
    most = min(question.tokens, room_after(beginning, snapshots.context(first)))
    trees = []
    for steps, some in together(folders):
        searches = [_Search(question.width) for _ in some]
        _run(reader(some), searches, beginning, most)
        trees += [_tree(step, found.nodes, vocabulary, len(beginning) == 1) for step, found in zip(steps, searches, strict=True)]
    return trees


class _Search:
    """The search in one snapshot: every node looked at, parents first, and those it goes on from."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.nodes: list[Node] = []
        self.beams: list[Node | None] = [None]
        self._ended: list[Node] = []

    def look(self, logits: torch.Tensor, depth: int) -> torch.Tensor:
        """Look one token further, from logits (beam, vocabulary). Returns which of the beams each of the next ones goes on from."""
        found = [node for beam, row in zip(self.beams, logits, strict=False) for node in _children(beam, row, self.width, depth)]
        self.nodes += found
        best = sorted([*self._ended, *found], key=lambda node: -node.score)[: self.width]
        for node in best:
            node.kept = True
        self._ended = [node for node in best if node.id == SEP]
        before, self.beams = self.beams, [node for node in best if node.id != SEP]
        return torch.tensor([before.index(node.parent) for node in self.beams if node], dtype=torch.long)


def _run(reads: Reader, searches: Sequence[_Search], beginning: Sequence[int], most: int) -> None:
    """Search for at most `most` tokens, in all snapshots in step with one another."""
    ids = torch.tensor([[beginning]]).expand(len(searches), 1, -1)
    rows: torch.Tensor | None = None
    for depth in range(1, most + 1):
        logits = reads.read(ids, rows)[:, :, -1]  # (snapshot, beam, vocabulary)
        before = [search.look(own, depth) for search, own in zip(searches, logits, strict=True)]
        widest = max(map(len, before))
        if not widest:
            return
        # Where a snapshot follows fewer continuations than another, the rows left over are read and not looked at.
        rows = torch.stack([torch.nn.functional.pad(own, (0, widest - len(own))) for own in before])
        ids = torch.full((len(searches), widest, 1), SEP)
        for place, search in enumerate(searches):
            for row, node in enumerate(search.beams):
                ids[place, row] = node.id if node else SEP


def _children(beam: Node | None, logits: torch.Tensor, width: int, depth: int) -> list[Node]:
    """The `width` likeliest tokens after one beam, from its logits (vocabulary), the likeliest first."""
    best = possible(logits).log_softmax(-1).topk(min(width, len(logits) - FIRST + 1))
    before = beam.score if beam else 0.0
    return [
        Node(beam, id, chance, before + chance, depth, greedy=rank == 0 and (beam is None or beam.greedy))
        for rank, (id, chance) in enumerate(zip(best.indices.tolist(), best.values.tolist(), strict=True))
        if math.isfinite(chance)
    ]


def _tree(step: int, nodes: list[Node], vocabulary: Vocabulary, bare: bool) -> Tree:
    """The nodes as arrays. `bare`: nothing stands before the first token, so that it joins nothing."""
    places = {id(node): place for place, node in enumerate(nodes)}
    last = max(node.depth for node in nodes)
    complete = [place for place, node in enumerate(nodes) if node.kept and (node.id == SEP or node.depth == last)]
    return Tree(
        step=step,
        parents=np.array([places[id(node.parent)] if node.parent else -1 for node in nodes]),
        depths=np.array([node.depth for node in nodes]),
        ids=np.array([node.id for node in nodes]),
        words=tuple(vocabulary.word(node.id) for node in nodes),
        joined=np.array([vocabulary.joins(node.id) and not (bare and node.depth == 1) for node in nodes]),
        chances=np.array([node.chance for node in nodes], dtype=np.float32),
        scores=np.array([node.score for node in nodes], dtype=np.float32),
        kept=np.array([node.kept for node in nodes]),
        ended=np.array([node.id == SEP for node in nodes]),
        best=max(complete, key=lambda place: nodes[place].score),
        greedy=np.array([node.greedy for node in nodes]),
    )
