"""An exercise as it was drawn from a text, token by token: for who reads it, and for a model."""

from dataclasses import dataclass

from llmviz.core.questions.exercise import Solve

# What a token is to an exercise: a word, one the model does not know, a special one; of a masked text hidden, swapped for another or
# left as it was; of a text with gaps, the sentinel of one.
WORD, UNKNOWN, SPECIAL, HIDDEN, SWAPPED, LEFT, GAP = SORTS = ("word", "unknown", "special", "hidden", "swapped", "left", "gap")


@dataclass(frozen=True)
class Said:
    """A token to be said; `target` counts those on which a loss is taken, and is -1 where none is."""

    text: str
    target: int = -1


@dataclass(frozen=True)
class Cell:
    """A token that is read, of which SORTS, what is to be said there, and of a pair to which part it belongs."""

    text: str
    sort: str = WORD
    says: tuple[Said, ...] = ()
    part: int = 0


@dataclass(frozen=True)
class Drawn:
    """An exercise: the question to put to a model, the same as cells, how many tokens its text has, and what there is to say of it."""

    asked: Solve
    cells: tuple[Cell, ...]
    tokens: int
    note: str = ""

    @property
    def targets(self) -> int:
        """How many times a loss is taken."""
        return len(self.asked.places)
