"""What two models put in the same gaps, side by side. Pure."""

from collections.abc import Mapping, Sequence

from llmviz.core.questions.cloze import Trace
from llmviz.parts.table.payload import Cell, Table
from llmviz.text.special import MASK, SPECIAL
from llmviz.views.tables import cell, row, table
from llmviz.views.tokens import Token

OURS = "This page's run"
TOP = 5
Guesses = Sequence[Sequence[tuple[str, float]]]  # for each gap words with their probabilities, best first


def masked(tokens: Sequence[Token], hidden: Sequence[int]) -> str:
    """The sentence as it was typed, each hidden word a [MASK]: a model with other tokens finds its gaps by it."""
    said = [SPECIAL[MASK] if place in hidden else token.source for place, token in enumerate(tokens)]
    parts = []
    for place, (token, word) in enumerate(zip(tokens, said, strict=True)):
        parts.append(word if token.joined and place not in hidden else f" {word}")
    return "".join(parts).strip()


def gaps(trace: Trace) -> list[int]:
    """Where a model read a gap."""
    return [place for place, token in enumerate(trace.tokens) if token == SPECIAL[MASK]]


def guessed(trace: Trace, places: Sequence[int]) -> Guesses:
    """What a model puts in the gaps at these places."""
    return [
        [(word, float(chance)) for word, chance in zip(trace.words[place][:TOP], trace.candidate_probability[place][:TOP], strict=True)]
        for place in places
    ]


def compared(truths: Sequence[str], guesses: Mapping[str, Guesses], visit: int) -> Table:
    """Gaps and ranks in rows, models in columns; the word that was hidden is coloured by its probability."""
    rows = [
        row(f"{truth}, {rank + 1}", [_guess(found, gap, rank, truth) for found in guesses.values()])
        for gap, truth in enumerate(truths)
        for rank in range(TOP)
    ]
    label = "Hidden words and ranks in rows, models in columns"
    return table(label, "hidden word, rank", [(name, "") for name in guesses], rows, visit)


def _guess(found: Guesses, gap: int, rank: int, truth: str) -> Cell:
    if gap >= len(found) or rank >= len(found[gap]):
        return cell("–", faint=True)
    word, chance = found[gap][rank]
    return cell(word, more=[f"{chance:.0%}"], tint=chance if word.strip().lower() == truth.lower() else 0.0)
