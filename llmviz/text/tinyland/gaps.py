"""What stood in the gaps of a text, where a gap hides its length: exact chances of whole spans, and the likeliest span of each gap.

The sums of `floors.py` with a second number beside the grammar's state: how many words the gaps have hidden so far. For how much a text
hides, and in how many spans, depends on its length, so that the gaps themselves tell something of what stood in them. `law` says what:
law(words of the text, hidden ones, spans) is the chance of just these gaps, given the text.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from llmviz.text.tinyland.floors import World
from llmviz.text.tinyland.grammar import END, State

GAP = None  # stands in a text for any one or more words
Seen = Sequence[str | None]
Law = Callable[[int, int, int], float]
Node = tuple[State, int]  # where the grammar stands, and how many words are hidden so far
Weights = dict[Node, float]


@dataclass(frozen=True)
class Guess:
    """The words that most probably stood in one gap, and their chance given all that is visible."""

    words: tuple[str, ...]
    chance: float


class Gaps:
    """One text with gaps. Raises ValueError where the grammar has no text with these visible words that would be cut so."""

    def __init__(self, world: World, seen: Seen, law: Law) -> None:
        self.world = world
        self.seen = (*seen, END)
        self._law = law
        self._spans = sum(word is GAP for word in seen)
        self._visible = len(seen) - self._spans
        longest = max((text for text in range(self._visible, 2 * self._visible + 50) if self._chance(text - self._visible)), default=0)
        self._most = longest - self._visible  # words that the gaps can hide together
        self._forward = self._walk()
        self._after: list[Weights] = [{} for _ in self.seen]  # memory of `_ahead` and `_inside`
        self._within: list[Weights] = [{} for _ in self.seen]
        self._total = sum(weight * self._chance(hidden) for (_, hidden), weight in self._forward[-1].items())
        if not self._total:
            raise ValueError("no text of this grammar has these words around such gaps")

    def _chance(self, hidden: int) -> float:
        return self._law(self._visible + hidden, hidden, self._spans) if hidden >= self._spans else 0.0

    def _walk(self) -> list[Weights]:
        """Before each part of the text, and behind the last: the chance of every way there, by where it has led."""
        forward: list[Weights] = [{(state, 0): weight for state, weight in self.world.start().items()}]
        left = self._spans
        for word in self.seen:
            here = forward[-1]
            if word is not GAP:
                forward.append(self._step(here, word))
                continue
            left -= 1
            ends: Weights = defaultdict(float)
            while here := {node: weight for node, weight in self._step(here, GAP).items() if node[1] + left <= self._most}:
                for node, weight in here.items():
                    ends[node] += weight
            forward.append(ends)
        return forward

    def _step(self, weights: Weights, word: str | None) -> Weights:
        """One word further on; GAP stands for any word but the end, and hides it."""
        ahead: Weights = defaultdict(float)
        for (state, hidden), weight in weights.items():
            for chance, said, after in self.world.expand(state):
                if said == word:
                    ahead[after, hidden] += weight * chance
                elif word is GAP and said != END:
                    ahead[after, hidden + 1] += weight * chance
        return ahead

    def _ahead(self, part: int, node: Node) -> float:
        """The chance of all the visible rest, from a place before this part of the text."""
        if part == len(self.seen):
            return self._chance(node[1])
        known = self._after[part].get(node)
        if known is None:
            word = self.seen[part]
            if word is GAP:
                known = sum(chance * self._inside(part, after) for chance, _, after in self._hidden(node))
            else:
                moves = self.world.expand(node[0])
                known = sum(chance * self._ahead(part + 1, (after, node[1])) for chance, said, after in moves if said == word)
            self._after[part][node] = known
        return known

    def _inside(self, part: int, node: Node) -> float:
        """The same from within a gap that hides a word already: it may end here or hide more."""
        known = self._within[part].get(node)
        if known is None:
            known = self._ahead(part + 1, node)
            if node[1] < self._most:
                known += sum(chance * self._inside(part, after) for chance, _, after in self._hidden(node))
            self._within[part][node] = known
        return known

    def _hidden(self, node: Node) -> list[tuple[float, str, Node]]:
        """Every word that a gap may hide next."""
        return [(chance, said, (after, node[1] + 1)) for chance, said, after in self.world.expand(node[0]) if said != END]

    def best(self) -> list[Guess]:
        """For each gap the likeliest span, whatever stands in the others."""
        return [self._best(part) for part, word in enumerate(self.seen) if word is GAP]

    def _best(self, part: int) -> Guess:
        """Look at the likeliest beginnings first: no span is likelier than all spans of its beginning together."""
        order = count()  # of equal chances the one found first
        heap: list[tuple[float, int, tuple[str, ...], Weights | None]] = [(-self._total, next(order), (), self._forward[part])]
        while heap:
            chance, _, words, ways = heapq.heappop(heap)
            if ways is None:
                return Guess(words, -chance / self._total)
            further: dict[str, Weights] = defaultdict(lambda: defaultdict(float))
            for node, weight in ways.items():
                if node[1] < self._most:
                    for chance, said, after in self._hidden(node):
                        if self._inside(part, after):
                            further[said][after] += weight * chance
            for said, found in further.items():
                longer = (*words, said)
                every = sum(weight * self._inside(part, node) for node, weight in found.items())
                whole = sum(weight * self._ahead(part + 1, node) for node, weight in found.items())
                heapq.heappush(heap, (-every, next(order), longer, found))
                if whole:
                    heapq.heappush(heap, (-whole, next(order), longer, None))
        raise AssertionError("a gap of a possible text has a span")

    def log_probability(self, spans: Sequence[Sequence[str]]) -> float:
        """Log of the chance that just these spans stood in the gaps, all together. -inf where they cannot."""
        weights, told = self._forward[0], iter(spans)
        for part in self.seen:
            for word in next(told) if part is GAP else (part,):
                weights = self._step(weights, word)
        hidden = sum(map(len, spans))
        chance = sum(weights.values()) * self._chance(hidden)
        return math.log(chance / self._total) if chance else -math.inf
