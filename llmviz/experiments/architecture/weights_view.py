"""The weights of one model through its stages, beside one another: random, pretrained, fine-tuned; how far each part has moved. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from llmviz.core.questions.tensors import Inventory
from llmviz.parts.table.payload import Cell, Table
from llmviz.views.network import sublayer
from llmviz.views.tables import cell, row, table

ALL = "all of it"


@dataclass(frozen=True)
class Stage:
    """A snapshot of the model: what a column calls it and says of it, its tensors, and those it set out from; None of a random start."""

    name: str
    about: str
    held: Inventory
    began: Inventory | None = None


def weights(stages: Sequence[Stage], visit: int) -> Table:
    """A row for each part of the network, in its order; what has moved far is coloured."""
    places = [*dict.fromkeys(sublayer(name) for stage in stages for name in stage.held.names), ALL]
    rows = [row(place, [_cell(stage, place) for stage in stages]) for place in places]
    columns = [(stage.name, stage.about) for stage in stages]
    return table("Parts of the network in rows, its stages in columns", "length of the weights", columns, rows, visit)


def _cell(stage: Stage, place: str) -> Cell:
    held = _lengths(stage.held, place)
    if not held:
        return cell("–", faint=True)
    length = f"{_together(held.values()):.1f}"
    if stage.began is None:
        return cell(length)
    before = _lengths(stage.began, place)
    if not any(before.values()):
        return cell(length, more=["new: it began at zero"], tint=1.0)
    share = moved(stage.held, stage.began, place)
    return cell(length, more=[f"moved {share:.0%}"], tint=min(1.0, share))


def moved(held: Inventory, began: Inventory, place: str) -> float:
    """How far a part is from where it began, as a share of its length there. All tensors of the part count as one long vector."""
    before = _lengths(began, place)
    apart = [float(share) * (before[name] or 1.0) for name, share in zip(held.names, held.moved, strict=True) if name in before]
    return _together(apart) / _together(before.values())


def _lengths(found: Inventory, place: str) -> dict[str, float]:
    """The lengths of the tensors of a part, by their names."""
    lengths = zip(found.names, found.norm.tolist(), strict=True)
    return {name: length for name, length in lengths if place in (ALL, sublayer(name))}


def _together(lengths: Iterable[float]) -> float:
    return sqrt(sum(length**2 for length in lengths))
