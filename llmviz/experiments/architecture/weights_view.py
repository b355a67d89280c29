"""The weights of one model through its stages, beside one another: random, pretrained, fine-tuned; how far each part has moved. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from llmviz.core.questions.tensors import Inventory
from llmviz.parts.table.payload import Cell, Table
from llmviz.views.network import moved, sublayer
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
    length = f"{hypot(*held.values()):.1f}"
    if stage.began is None:
        return cell(length)
    before = _lengths(stage.began, place)
    if not any(before.values()):
        return cell(length, more=["new: it began at zero"], tint=1.0)
    share = moved(stage.held, stage.began, [name for name in held if name in before])
    return cell(length, more=[f"moved {share:.0%}"], tint=min(1.0, share))


def _lengths(found: Inventory, place: str) -> dict[str, float]:
    """The lengths of the tensors of a part, by their names."""
    lengths = zip(found.names, found.norm.tolist(), strict=True)
    return {name: length for name, length in lengths if place in (ALL, sublayer(name))}
