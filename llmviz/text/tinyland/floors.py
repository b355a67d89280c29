"""What the best guess that knows the grammar gets: exact probabilities of texts, and of hidden words given the visible ones.

Both come from one dynamic program over the automaton of the registers (the forward-backward algorithm): a lattice holds, at each
position, every state that the visible words allow. Its sums run over all texts of the grammar without writing one down.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from llmviz.text.tinyland.grammar import END, Register, State

Weights = dict[State, float]


class World:
    """Registers told side by side, each with its share of all texts."""

    def __init__(self, shares: Iterable[tuple[Register, float]]) -> None:
        self.shares = tuple(shares)
        self.registers = {register.name: register for register, _ in self.shares}

    def start(self) -> Weights:
        """Chance of each state in which a text can begin."""
        begun: Weights = defaultdict(float)
        for register, share in self.shares:
            for chance, state in register.start():
                begun[state] += share * chance
        return begun

    def expand(self, state: State) -> Sequence[tuple[float, str, State]]:
        """Every next word from a state: (chance, word, state after it)."""
        transitions: Sequence[tuple[float, str, State]] = self.registers[state.register].expand(state)
        return transitions

    def log_probability(self, words: Sequence[str]) -> float:
        """Log of the chance of a whole text, its end included. -inf for a text the grammar cannot say."""
        return sum(self.next_word_log_probabilities(words))

    def next_word_log_probabilities(self, words: Sequence[str]) -> list[float]:
        """Log p(word | words before it) for each word and for the end: length n + 1."""
        weights = self.start()
        found: list[float] = []
        for word in (*words, END):
            ahead = advance(self, weights, word)
            total = sum(ahead.values())
            if not total:
                return [*found, -math.inf]
            found.append(math.log(total / sum(weights.values())))
            weights = {state: weight / total for state, weight in ahead.items()}
        return found

    def hidden(self, words: Sequence[str], variable: str) -> dict[str, float]:
        """For a whole text, p(value of this hidden variable | its words): exact, sums to 1.

        Raises ValueError where the grammar cannot say this text.
        """
        weights: Weights = self.start()
        for word in (*words, END):
            weights = _normalised(advance(self, weights, word))
        found: dict[str, float] = defaultdict(float)
        for state, weight in weights.items():
            found[dict(state.bindings)[variable]] += weight
        if not found:
            raise ValueError("no text of this grammar has these words")
        return dict(found)

    def next_words(self, words: Sequence[str]) -> list[dict[str, float]]:
        """For each word and for the end, p(word | words before it) of every word that may stand there: length n + 1, each sums to 1.

        Raises ValueError for a text the grammar cannot say.
        """
        weights = self.start()
        found: list[dict[str, float]] = []
        for word in (*words, END):
            chances: dict[str, float] = defaultdict(float)
            for state, weight in weights.items():
                for chance, said, _ in self.expand(state):
                    chances[said] += weight * chance
            found.append(dict(chances))
            weights = _normalised(advance(self, weights, word))
            if not weights:
                raise ValueError("no text of this grammar has these words")
        return found

    def cloze(self, words: Sequence[str], hidden: Iterable[int]) -> dict[int, dict[str, float]]:
        """For each hidden position, p(word | the visible words, the text's length): exact, sums to 1.

        Raises ValueError where the grammar has no text with these visible words.
        """
        blank = set(hidden)
        seen: list[str | None] = [None if place in blank else word for place, word in enumerate(words)]
        seen.append(END)
        forward = [self.start()]
        for word in seen:
            forward.append(_normalised(advance(self, forward[-1], word)))
            if not forward[-1]:
                raise ValueError("no text of this grammar has these words")
        backward: Weights = dict.fromkeys(forward[-1], 1.0)
        found: dict[int, dict[str, float]] = {}
        for place in range(len(seen) - 1, -1, -1):
            word, before = seen[place], {}
            chances: dict[str, float] = defaultdict(float)
            for state, weight in forward[place].items():
                total = 0.0
                for chance, said, after in self.expand(state):
                    if (word is None and said != END) or said == word:
                        ahead = chance * backward.get(after, 0.0)
                        total += ahead
                        if word is None:
                            chances[said] += weight * ahead
                if total:
                    before[state] = total
            if word is None:
                scale = sum(chances.values())
                found[place] = {said: chance / scale for said, chance in chances.items() if chance}
            backward = _normalised(before)
        return found


def advance(world: World, weights: Weights, word: str | None) -> Weights:
    """The weights one word further on; None stands for any word but the end."""
    ahead: Weights = defaultdict(float)
    for state, weight in weights.items():
        for chance, said, after in world.expand(state):
            if said == word or (word is None and said != END):
                ahead[after] += weight * chance
    return ahead


def _normalised(weights: Weights) -> Weights:
    """The weights scaled to sum to 1, so that long texts do not underflow."""
    total = sum(weights.values())
    return {state: weight / total for state, weight in weights.items()} if total else {}
