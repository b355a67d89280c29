"""What four recipes came to: the claim of *Four recipes*, from which of them know the facts at the end."""

from collections.abc import Mapping

from llmviz.core.course import Course
from llmviz.views.courses import KNOWN

Cell = tuple[str, str]  # architecture and optimiser
ASKED = "Same model, text and steps: which recipes learn?"


def claim(runs: Mapping[Cell, Course], metric: str = "facts") -> str:
    """The title of the page: whether positions, optimiser or both decide, in these runs; the question while one has not ended."""
    if not all(run.metrics and run.scores.get(metric) for run in runs.values()):
        return ASKED
    learnt = {cell: run.scores[metric][-1] >= KNOWN for cell, run in runs.items()}
    if len({*learnt.values()}) == 1:
        return "Here all four recipes learn the capitals" if all(learnt.values()) else "Here none of the four recipes learns the capitals"
    by_positions, by_optimiser = (len({(cell[part], known) for cell, known in learnt.items()}) == 2 for part in (0, 1))
    decides = "positions decide" if by_positions else "the optimiser decides" if by_optimiser else "positions and optimiser together decide"
    return f"Here {decides} whether it learns the capitals"
